//! Short links to the app, its users and groups, and what a link or a QR code leads to.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use cerulean_accounts::{AccountError, LinkTarget, find_user_by_id, read_short_link, sign_short_link};
use cerulean_delivery::Ctx;
use cerulean_groups::{open_qr_code, sign_qr_code, write_qr_code};
use cerulean_http_kit::{ApiError, Params, ProblemReply, Reply, ok};
use cerulean_types::{Actor, AppId, AppSlug, Code, GroupId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::address::Address;
use crate::app::base_url;
use crate::{ApiResult, Caller, Rest};

/// What the path of a short link begins with.
const SHORT: &str = "/l/";
/// Longest link that is looked at, and longest query that a short link carries.
const LINK_BYTES: usize = 2048;
const QUERY_BYTES: usize = 1024;
const TEXT_CHARS: usize = 400;

/// Where a link shall lead.
#[derive(Deserialize, ToSchema)]
pub struct NewLink {
    /// `user/<id>`, `group/<id>`, or nothing for the app itself. Pages of mini programs are off here.
    path: String,
    /// Stands behind the link as it is; `text=` in it is what `/info` tells as `text`.
    #[serde(default)]
    query: Option<String>,
}

/// A link.
#[derive(Serialize, ToSchema)]
pub struct MadeLink {
    url_link: String,
}

/// What was scanned or followed.
#[derive(Deserialize, ToSchema)]
pub struct FollowedLink {
    /// A short link or its code, a link of the messenger, or the text of a group's QR code.
    link: String,
    /// The app of links that do not name it; the header of the same name does as well.
    #[serde(default)]
    app_id: Option<String>,
}

/// Where it leads.
#[derive(Serialize, ToSchema)]
pub struct LinkInfo {
    app_id: String,
    /// Id of the user or group; 0 for the app itself.
    uid: u64,
    /// Of a group what `/group/qrcode/invite` takes, else what the link's maker wants said.
    text: String,
    /// `user`, `group` or `app`.
    r#type: &'static str,
}

const APP: &str = "app";
const USER: &str = "user";
const GROUP: &str = "group";

impl LinkInfo {
    fn of(ctx: &Ctx, kind: &'static str, uid: u64, text: String) -> Self {
        Self { app_id: ctx.settings.slug.clone(), uid, text, r#type: kind }
    }
}

fn nowhere() -> ApiError {
    ApiError::new(Code::FeatureOff, "the link leads nowhere")
}

/// `POST /app/generate_url_link`
pub async fn make(
    State(rest): State<Rest>,
    caller: Caller,
    headers: HeaderMap,
    Params(new): Params<NewLink>,
) -> Reply<MadeLink> {
    let query = new.query.unwrap_or_default();
    let is_plain = query.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte));
    if !is_plain || query.len() > QUERY_BYTES {
        return Err(ApiError::new(Code::BadParameter, "bad request parameter: query is no query of a link"));
    }
    let mut ctx = rest.read(&caller).await?;
    let target = target_of(&mut ctx, &new.path).await?;
    let code = sign_short_link(&rest.platform.vault, caller.app, target).map_err(AccountError::from)?;
    let mark = if query.is_empty() { "" } else { "?" };
    ok(MadeLink { url_link: format!("{}{SHORT}{code}{mark}{query}", base_url(&rest, &headers)) })
}

async fn target_of(ctx: &mut Ctx, path: &str) -> ApiResult<LinkTarget> {
    let id_of = |text: &str| text.parse::<u64>().unwrap_or_default();
    match path.trim_matches('/').split_once('/') {
        None if path.trim_matches('/').is_empty() => Ok(LinkTarget::App),
        Some(("user", id)) => {
            let user = UserId::parse(id_of(id)).map_err(|_| ApiError::of(Code::UserNotFound))?;
            Ok(LinkTarget::User(find_user_by_id(ctx, user).await?.id))
        }
        Some(("group", id)) => {
            let group = GroupId::parse(id_of(id)).map_err(|_| ApiError::of(Code::GroupNotFound))?;
            let code = sign_qr_code(ctx, group).await?;
            Ok(LinkTarget::Group { group, maker: code.maker, expires_at: code.expires_at })
        }
        _ => Err(ApiError::of(Code::FeatureOff)),
    }
}

/// `GET /info?link=`: asked without a token, by whoever scans or follows a link.
pub async fn info(
    State(rest): State<Rest>,
    Address(address): Address,
    headers: HeaderMap,
    Params(followed): Params<FollowedLink>,
) -> Reply<LinkInfo> {
    if let Some(address) = address {
        rest.platform.rates.request_of_address(address)?;
    }
    let link = followed.link.trim();
    if link.len() > LINK_BYTES {
        return Err(nowhere());
    }
    if let Some(code) = short_code(link) {
        let found = follow(&rest, code).await?;
        let text = parameter(link, "text").filter(|_| found.r#type != GROUP).unwrap_or(found.text);
        return ok(LinkInfo { text: text.chars().take(TEXT_CHARS).collect(), ..found });
    }
    let named = headers.get("app_id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let slug = parameter(link, "app_id").or(followed.app_id).or(named).ok_or_else(nowhere)?;
    let app = rest.platform.find_app(&AppSlug::parse(&slug).map_err(|_| nowhere())?).await?.ok_or_else(nowhere)?;
    let ctx = open(&rest, app).await?;
    match messenger_target(link) {
        MessengerLink::User(user) => ok(tell_user(&ctx, user).await?),
        MessengerLink::Group(code) => ok(tell_group(&ctx, code).await?),
        MessengerLink::None => Err(nowhere()),
    }
}

/// `GET /l/{code}`: a short link in a browser. Leads into the messenger of this server and nowhere else.
pub async fn open_in_messenger(
    State(rest): State<Rest>,
    Address(address): Address,
    Path(code): Path<String>,
) -> ProblemReply<Response> {
    if let Some(address) = address {
        rest.platform.rates.request_of_address(address)?;
    }
    let found = follow(&rest, &code).await?;
    let place = match found.r#type {
        USER => format!("#/contacts/{}", found.uid),
        GROUP => format!("#/join/{}", found.text),
        _ => String::new(),
    };
    let to = HeaderValue::try_from(format!("/chat/?app_id={}{place}", found.app_id)).map_err(|_| nowhere())?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
}

async fn follow(rest: &Rest, code: &str) -> ApiResult<LinkInfo> {
    let (app, target) = read_short_link(&rest.platform.vault, code).map_err(AccountError::from)?.ok_or_else(nowhere)?;
    let ctx = open(rest, app).await?;
    match target {
        LinkTarget::App => Ok(LinkInfo::of(&ctx, APP, 0, String::new())),
        LinkTarget::User(user) => tell_user(&ctx, user).await,
        LinkTarget::Group { group, maker, expires_at } => {
            tell_group(&ctx, &write_qr_code(&ctx, group, maker, expires_at)?).await
        }
    }
}

/// An app that does not work has no links either.
async fn open(rest: &Rest, app: AppId) -> ApiResult<Ctx> {
    let ctx = rest.platform.read_ctx(app, Actor::System).await?;
    if ctx.settings.is_normal() { Ok(ctx) } else { Err(nowhere()) }
}

async fn tell_user(ctx: &Ctx, user: UserId) -> ApiResult<LinkInfo> {
    let user = find_user_by_id(ctx, user).await?;
    Ok(LinkInfo::of(ctx, USER, user.id.get(), String::new()))
}

async fn tell_group(ctx: &Ctx, code: &str) -> ApiResult<LinkInfo> {
    let group = open_qr_code(ctx, code).await?;
    Ok(LinkInfo::of(ctx, GROUP, group.get(), code.to_owned()))
}

/// The code of a short link, or a code by itself.
fn short_code(link: &str) -> Option<&str> {
    let path = link.split(['?', '#']).next().unwrap_or_default();
    match path.rsplit_once(SHORT) {
        Some((_, code)) => Some(code),
        None => (!link.contains(['/', '?', '#', '.', ':'])).then_some(link),
    }
}

/// What links and QR codes of the messenger lead to, which it keeps behind the `#`; the text of a group's code may stand alone.
enum MessengerLink<'a> {
    User(UserId),
    Group(&'a str),
    None,
}

fn messenger_target(link: &str) -> MessengerLink<'_> {
    let Some((_, place)) = link.split_once('#') else { return MessengerLink::Group(link) };
    match place.trim_start_matches('/').split_once('/') {
        Some(("contacts", id)) => {
            let user = id.parse().ok().and_then(|id| UserId::parse(id).ok());
            user.map_or(MessengerLink::None, MessengerLink::User)
        }
        Some(("join", code)) => MessengerLink::Group(code),
        _ => MessengerLink::None,
    }
}

/// A parameter in the query of a link.
fn parameter(link: &str, name: &str) -> Option<String> {
    let uri: Uri = link.split('#').next()?.parse().ok()?;
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&uri).ok()?;
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_in_links() {
        for link in
            ["AQAB_c-d", "https://im.example.com/l/AQAB_c-d", "http://h:1/l/AQAB_c-d?text=a/l/b", "/l/AQAB_c-d#x"]
        {
            assert_eq!(short_code(link), Some("AQAB_c-d"), "{link}");
        }
        for link in ["https://im.example.com/chat/#/contacts/8001", "8002.8001.1700.ab", "https://example.com"] {
            assert_eq!(short_code(link), None, "{link}");
        }
    }

    #[test]
    fn parameters_are_decoded() {
        assert_eq!(parameter("https://h/l/x?a=1&text=%E4%BD%A0+b#c", "text").as_deref(), Some("你 b"));
        assert_eq!(parameter("/chat/?app_id=demo#/contacts/1", "app_id").as_deref(), Some("demo"));
        assert_eq!(parameter("no link at all?", "text"), None);
    }
}
