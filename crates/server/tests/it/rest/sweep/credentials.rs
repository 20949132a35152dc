//! Without a token, with a bad one, with one of another app, in an app that does not exist, as an ordinary user, as somebody else.

use super::{Access, Operation, Stage, operations};

/// 402 in an envelope, 401 as a problem.
fn assert_no_entry(operation: &Operation, answer: &cerulean_testkit::Answer, how: &str) {
    operation.check(answer, how);
    let is_newer = operation.path.starts_with("/client/v1") || operation.path.starts_with("/console/v1");
    let expected = if is_newer { (401, 402) } else { (200, 402) };
    assert_eq!((answer.status, answer.code()), expected, "{} {how}", operation.name());
}

#[tokio::test]
async fn every_operation_with_a_token_asks_for_one_of_its_app() {
    let stage = Stage::set().await;
    stage.server.new_app("other").await;
    let mut asked = 0;
    for operation in operations() {
        if !matches!(operation.access, Access::Token | Access::Admin) {
            continue;
        }
        asked += 1;
        let call = |rest| operation.call(&rest, &operation.examples()).send();
        assert_no_entry(&operation, &call(stage.server.anonymous()).await, "without a token");
        assert_no_entry(&operation, &call(stage.server.anonymous().token("x")).await, "with a bad token");
        assert_no_entry(&operation, &call(stage.alice.rest().app("other")).await, "in another app");
        let answer = call(stage.alice.rest().app("unknown")).await;
        assert_eq!(operation.check(&answer, "in an unknown app"), 40000, "{}", operation.name());
    }
    assert!(asked > 200, "{asked}");
    stage.server.stop().await;
}

#[tokio::test]
async fn every_operation_of_an_app_asks_which() {
    let stage = Stage::set().await;
    let mut asked = 0;
    for operation in operations().into_iter().filter(|operation| operation.access == Access::App) {
        asked += 1;
        for app in ["", "unknown", "no app!"] {
            let answer = operation.call(&stage.server.anonymous().app(app), &operation.examples()).send().await;
            let code = operation.check(&answer, "in an unknown app");
            assert!(matches!(code, 40000 | 99997), "{}: {code}", operation.name());
        }
    }
    assert!(asked > 10, "{asked}");
    stage.server.stop().await;
}

#[tokio::test]
async fn what_is_the_administrators_is_refused_to_users() {
    let stage = Stage::set().await;
    let (mut asked, mut let_in) = (0, Vec::new());
    for operation in operations().into_iter().filter(|operation| operation.is_administrators) {
        asked += 1;
        let answer = operation.call(&stage.alice.rest(), &operation.examples()).send().await;
        if operation.check(&answer, "as a user") != 10010 {
            let_in.push(format!("{}: {}", operation.name(), answer.text()));
        }
    }
    assert!(let_in.is_empty(), "{let_in:#?}");
    assert!(asked > 15, "{asked}");
    stage.server.stop().await;
}

/// What a user would see of a change to himself.
async fn own_state(user: &cerulean_testkit::User) -> Vec<serde_json::Value> {
    let mut seen = Vec::new();
    for path in ["/user/profile", "/user/settings", "/roster/list", "/roster/blocked_list", "/group/user_joined"] {
        seen.push(user.rest().get(path).data().await);
    }
    seen
}

/// The headers that put the administrator in another's place mean nothing beside a user's token: not who they name, nor that they name
/// nobody.
#[tokio::test]
async fn users_act_as_nobody_else() {
    let stage = Stage::set().await;
    let carols = own_state(&stage.carol).await;
    let carol = stage.carol.id.get().to_string();
    let mut asked = 0;
    for operation in operations().iter().filter(|operation| operation.access == Access::Token) {
        if operation.is_administrators {
            continue;
        }
        asked += 1;
        let values = stage.examples(operation).await;
        let is_reading = operation.method == http::Method::GET;
        for (header, value) in [("user_id", &*carol), ("user_id", "x"), ("group_id", "-1")] {
            let rest = stage.caller(operation).await.header(header, value);
            let answer = operation.call(&rest, &values).send().await;
            let how = format!("with the header {header}: {value}");
            let code = operation.check(&answer, &how);
            assert!(!answer.text().contains("header"), "{} {how}: {}", operation.name(), answer.text());
            if is_reading {
                // Addresses are signed anew and lists carry the moment they were read, so only the codes can be compared everywhere.
                let own = operation.call(&stage.caller(operation).await, &values).send().await;
                assert_eq!(code, operation.check(&own, "as himself"), "{} {how}", operation.name());
            }
        }
    }
    assert!(asked > 180, "{asked}");
    assert_eq!(own_state(&stage.carol).await, carols, "nobody touched what is Carol's");
    let profile = stage.alice.rest().token(&stage.server.fresh_token(&stage.alice).await);
    let profile = profile.get("/user/profile").header("user_id", &carol).data().await;
    assert_eq!(profile["user_id"], stage.alice.id.get());
    stage.server.stop().await;
}

/// With the administrator's token the headers must name someone and something of the app.
#[tokio::test]
async fn the_administrator_acts_only_as_those_of_his_app() {
    let stage = Stage::set().await;
    let other = stage.server.new_app("other").await;
    let stranger = stage.server.user_of(&other, "stranger").await;
    let foreign_group = stage.server.group(&stranger, &[]).await.id.to_string();
    let stranger = stranger.id.to_string();
    for operation in operations().into_iter().filter(|operation| operation.access == Access::Token) {
        for (header, value, expected) in [
            ("user_id", "x", 10000),
            ("user_id", "0", 10000),
            ("user_id", &*stranger, 10000),
            ("group_id", "-1", 20001),
            ("group_id", &*foreign_group, 20001),
        ] {
            let rest = stage.server.admin().header(header, value);
            let answer = operation.call(&rest, &operation.examples()).send().await;
            let code = operation.check(&answer, &format!("as {header} {value}"));
            assert_eq!(code, expected, "{} as {header} {value}", operation.name());
        }
    }
    stage.server.stop().await;
}
