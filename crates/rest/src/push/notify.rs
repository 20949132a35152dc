//! Pushes: asked for, followed.

use axum::extract::State;
use cerulean_http_kit::{ApiError, Params, Reply, lenient, ok};
use cerulean_push::{Audience, Channel, Notify, Progress};
use cerulean_types::{Code, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{ApiResult, Caller, Rest};

/// A push.
#[derive(Deserialize, ToSchema)]
pub struct PushRequest {
    /// `"all"`, or an object with one of the lists `tag`, `alias`, `user_id`, `push_token`, of 500 entries at most.
    #[schema(value_type = Option<PushAudience>)]
    audience: Option<Value>,
    setting: Option<PushSetting>,
    /// What to show. Kept as it came.
    #[schema(value_type = Option<PushMessage>)]
    message: Option<serde_json::Map<String, Value>>,
}

/// Who a push is for.
#[derive(Deserialize, ToSchema)]
pub struct PushAudience {
    tag: Option<Vec<String>>,
    alias: Option<Vec<String>>,
    user_id: Option<Vec<u64>>,
    push_token: Option<Vec<String>>,
}

/// How to push.
#[derive(Deserialize, ToSchema)]
pub struct PushSetting {
    /// The caller's own name for the request; a repeat gets the first answer.
    request_id: Option<String>,
    /// `combined` (default), `mxpush_only` or `ospush_only`.
    distribution_strategy: Option<String>,
    /// Services in the order they are tried.
    ospush_sequence: Option<Vec<String>>,
}

macro_rules! message_parts {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(ToSchema)]
        #[expect(dead_code, reason = "only the document reads the fields; what comes in is kept as it is")]
        pub struct $name {
            $($field: Option<$kind>),+
        }
    )+};
}

message_parts! {
    /// What to show.
    PushMessage {
        r#type: String, title: String, body: String, attachment_url: String, big_text: String, badge: String, ext: std::collections::BTreeMap<String, Value>,
        show_begin_time: i64, show_end_time: i64, ios: IosMessage, android: AndroidMessage, huawei: HuaweiMessage, xiaomi: AndroidMessage,
        oppo: AndroidMessage, vivo: VivoMessage, flyme: AndroidMessage, fcm: AndroidMessage,
    }
    /// On Apple's devices.
    IosMessage {
        sound: String, content_available: bool, mutable_content: bool, category: String, thread_id: String, subtitle: String, apns_collapse_id: String,
    }
    /// On Android, and on the vendors' services that take the same.
    AndroidMessage { sound: String, channel_id: String, click_action: String, intent: String }
    /// On Huawei's devices.
    HuaweiMessage { sound: String, channel_id: String, click_action: String, intent: String, badge_class: String }
    /// On vivo's devices.
    VivoMessage { sound: String, channel_id: String, click_action: String, intent: String, push_mode: i32, classification: i32 }
}

/// The number of a push.
#[derive(Serialize, ToSchema)]
pub struct PushTaskId {
    task_id: i64,
}

fn bad(problem: &str) -> ApiError {
    ApiError::new(Code::BadParameter, format!("bad request parameter: {problem}"))
}

fn audience(value: Option<Value>) -> ApiResult<Audience> {
    let value = match value {
        Some(Value::String(text)) if text == "all" => return Ok(Audience::All),
        Some(value @ Value::Object(_)) => value,
        _ => return Err(bad("audience must be \"all\" or an object")),
    };
    let named: PushAudience = serde_json::from_value(value).map_err(|error| bad(&format!("audience: {error}")))?;
    let users = |numbers: Vec<u64>| numbers.into_iter().filter_map(|number| UserId::parse(number).ok()).collect();
    let lists = [
        named.tag.map(Audience::Tags),
        named.alias.map(Audience::Aliases),
        named.user_id.map(|numbers| Audience::Users(users(numbers))),
        named.push_token.map(Audience::Tokens),
    ];
    let mut lists = lists.into_iter().flatten();
    match (lists.next(), lists.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(bad("audience must have one of tag, alias, user_id, push_token")),
    }
}

const STRATEGIES: [&str; 3] = ["combined", "mxpush_only", "ospush_only"];

fn content(setting: &PushSetting, message: &serde_json::Map<String, Value>) -> ApiResult<String> {
    let strategy = setting.distribution_strategy.as_deref().unwrap_or(STRATEGIES[0]);
    if !STRATEGIES.contains(&strategy) {
        return Err(bad("distribution_strategy is combined, mxpush_only or ospush_only"));
    }
    let text = |name: &str| message.get(name).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    if !text("title") && !text("body") {
        return Err(bad("message has neither title nor body"));
    }
    let content = serde_json::json!({
        "message": message, "distribution_strategy": strategy, "ospush_sequence": setting.ospush_sequence,
    });
    Ok(content.to_string())
}

/// `POST /push/notify`
pub async fn notify(State(rest): State<Rest>, caller: Caller, Params(call): Params<PushRequest>) -> Reply<PushTaskId> {
    let mut ctx = rest.write(&caller).await?;
    ctx.require_admin()?;
    let setting =
        call.setting.unwrap_or(PushSetting { request_id: None, distribution_strategy: None, ospush_sequence: None });
    let message = call.message.ok_or_else(|| bad("message is missing"))?;
    let content = content(&setting, &message)?;
    let cmd = Notify { audience: audience(call.audience)?, request_id: setting.request_id, content };
    let task_id = cerulean_push::notify(&mut ctx, cmd).await?;
    ctx.commit().await?;
    ok(PushTaskId { task_id })
}

/// Pushes to show.
#[derive(Deserialize, ToSchema)]
pub struct PushTasksOf {
    #[serde(default, deserialize_with = "lenient::ids")]
    list: Vec<u64>,
}

macro_rules! details {
    ($($channel:ident: $target:ident $sent:ident $received:ident),+ $(,)?) => {
        /// How far a push has come: devices it is for, devices a service took it for, devices that have it.
        #[derive(Serialize, ToSchema)]
        pub struct PushTaskDetail {
            task_id: i64,
            $($target: i64, $sent: i64, $received: i64),+
        }

        impl From<Progress> for PushTaskDetail {
            fn from(progress: Progress) -> Self {
                Self {
                    task_id: progress.task,
                    $(
                        $target: progress.of(Channel::$channel).target,
                        $sent: progress.of(Channel::$channel).sent,
                        $received: progress.of(Channel::$channel).received
                    ),+
                }
            }
        }
    };
}

details! {
    Own: mxpush_target mxpush_sent mxpush_received,
    Apns: apns_target apns_sent apns_received,
    Huawei: huawei_target huawei_sent huawei_received,
    Xiaomi: xiaomi_target xiaomi_sent xiaomi_received,
    Flyme: flyme_target flyme_sent flyme_received,
    Vivo: vivo_target vivo_sent vivo_received,
    Oppo: oppo_target oppo_sent oppo_received,
    Fcm: fcm_target fcm_sent fcm_received,
}

/// `POST /push/task/detail`
pub async fn details(
    State(rest): State<Rest>,
    caller: Caller,
    Params(of): Params<PushTasksOf>,
) -> Reply<Vec<PushTaskDetail>> {
    let ctx = rest.read(&caller).await?;
    let tasks: Vec<i64> = of.list.into_iter().map(|task| task as i64).collect();
    let progress = cerulean_push::task_progress(&ctx, &tasks).await?;
    ok(progress.into_iter().map(PushTaskDetail::from).collect())
}

/// Whose certificate.
#[derive(Deserialize, ToSchema)]
pub struct CertificateOf {
    /// 1 APNs, 2 Huawei, 3 Xiaomi, 4 Meizu, 5 vivo, 6 OPPO, 7 FCM.
    #[serde(deserialize_with = "lenient::number")]
    #[schema(minimum = 1, maximum = 7)]
    provider: i64,
    /// 0 development, 1 production.
    #[serde(default, deserialize_with = "lenient::opt_number")]
    environment: Option<i64>,
}

/// A certificate, as the public protocol has it.
#[derive(Serialize, ToSchema)]
pub struct PushCertificate {
    app_id: String,
    app_key: String,
    app_secret: String,
    certificate: String,
    name: String,
}

/// `GET /push/certificate`: none can be set up here, so every service is off.
pub async fn certificate(
    State(rest): State<Rest>,
    caller: Caller,
    Params(of): Params<CertificateOf>,
) -> Reply<PushCertificate> {
    if !matches!(of.environment, None | Some(0 | 1)) {
        return Err(bad("environment is 0 or 1"));
    }
    let ctx = rest.read(&caller).await?;
    match cerulean_push::require_certificate(&ctx, of.provider)? {}
}
