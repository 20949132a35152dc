//! Profiles of many users at once, for the administrator.

use axum::extract::State;
use cerulean_accounts::{AccountError, ProfileChange, update_profiles};
use cerulean_http_kit::{ApiError, Params, Reply, lenient, ok};
use cerulean_types::{Code, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Caller, Rest};

/// What to change about one user.
#[derive(Deserialize, ToSchema)]
pub struct ProfileOf {
    #[serde(default, deserialize_with = "lenient::opt_id")]
    user_id: Option<u64>,
    nick_name: Option<String>,
    description: Option<String>,
    public_info: Option<String>,
    private_info: Option<String>,
}

/// Users to change.
#[derive(Deserialize, ToSchema)]
pub struct ProfilesOf {
    list: Vec<ProfileOf>,
}

/// The picture of one user.
#[derive(Deserialize, ToSchema)]
pub struct AvatarOf {
    #[serde(deserialize_with = "lenient::id")]
    user_id: u64,
    avatar: String,
}

/// Pictures to set.
#[derive(Deserialize, ToSchema)]
pub struct AvatarsOf {
    list: Vec<AvatarOf>,
}

/// What became of one user.
#[derive(Serialize, ToSchema)]
pub struct UserOutcome {
    user_id: u64,
    success: bool,
    reason: String,
}

impl UserOutcome {
    fn new(user_id: u64, outcome: Result<(), AccountError>) -> Self {
        match outcome {
            Ok(()) => Self { user_id, success: true, reason: String::new() },
            Err(error) => Self { user_id, success: false, reason: ApiError::from(error).message },
        }
    }
}

/// `POST|PUT /user/profile/batch`
pub async fn profiles(
    State(rest): State<Rest>,
    caller: Caller,
    Params(call): Params<ProfilesOf>,
) -> Reply<Vec<UserOutcome>> {
    let change = |profile: ProfileOf| {
        let change = ProfileChange {
            nick_name: profile.nick_name,
            description: profile.description,
            public_info: profile.public_info,
            private_info: profile.private_info,
            ..ProfileChange::default()
        };
        (profile.user_id.unwrap_or_default(), change)
    };
    apply(&rest, &caller, call.list.into_iter().map(change).collect()).await
}

/// `POST|PUT /user/avatar/batch`
pub async fn avatars(
    State(rest): State<Rest>,
    caller: Caller,
    Params(call): Params<AvatarsOf>,
) -> Reply<Vec<UserOutcome>> {
    let change = |of: AvatarOf| (of.user_id, ProfileChange { avatar: Some(of.avatar), ..ProfileChange::default() });
    apply(&rest, &caller, call.list.into_iter().map(change).collect()).await
}

/// Numbers that are no user's id name nobody.
async fn apply(rest: &Rest, caller: &Caller, list: Vec<(u64, ProfileChange)>) -> Reply<Vec<UserOutcome>> {
    let (mut known, mut answers) = (Vec::with_capacity(list.len()), Vec::new());
    for (number, change) in list {
        match UserId::parse(number) {
            Ok(user) => known.push((user, change)),
            Err(_) => answers.push(UserOutcome {
                user_id: number,
                success: false,
                reason: Code::UserNotFound.text().to_owned(),
            }),
        }
    }
    if known.is_empty() && !answers.is_empty() && caller.actor.is_admin() {
        return ok(answers);
    }
    let outcomes = update_profiles(&rest.accounts, caller.app, caller.actor, known).await?;
    answers.extend(outcomes.into_iter().map(|(user, outcome)| UserOutcome::new(user.get(), outcome)));
    ok(answers)
}
