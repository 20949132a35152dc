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

/// The headers that put the administrator in another's place mean nothing beside a user's token.
#[tokio::test]
async fn users_act_as_nobody_else() {
    let stage = Stage::set().await;
    let (bob, alices) = (stage.bob.id.get().to_string(), stage.alice.rest());
    let reading = |operation: &Operation| operation.method == http::Method::GET && operation.access == Access::Token;
    for operation in operations().iter().filter(|operation| reading(operation)) {
        let values = operation.examples();
        let own = operation.call(&alices, &values).send().await;
        let disguised = operation.call(&alices, &values).header("user_id", &bob).send().await;
        // Addresses are signed anew and lists carry the moment they were read, so only the codes can be compared everywhere.
        let own_code = operation.check(&own, "as himself");
        assert_eq!(operation.check(&disguised, "with a header that is not his"), own_code, "{}", operation.name());
    }
    let profile = alices.get("/user/profile").header("user_id", &bob).data().await;
    assert_eq!(profile["username"], "alice");
    stage.server.stop().await;
}

/// With the administrator's token the headers must name someone and something of the app.
#[tokio::test]
async fn the_administrator_acts_only_as_those_of_his_app() {
    let stage = Stage::set().await;
    let other = stage.server.new_app("other").await;
    let stranger = stage.server.user_of(&other, "stranger").await.id.get().to_string();
    for operation in operations().into_iter().filter(|operation| operation.access == Access::Token) {
        if operation.is_administrators {
            continue;
        }
        for (header, value) in [("user_id", "x"), ("user_id", "0"), ("user_id", &*stranger), ("group_id", "-1")] {
            let rest = stage.server.admin().header(header, value);
            let answer = operation.call(&rest, &operation.examples()).send().await;
            let code = operation.check(&answer, &format!("as {header} {value}"));
            if value != stranger {
                assert!(matches!(code, 10000 | 20001), "{} as {header} {value}: {code}", operation.name());
            }
        }
    }
    let profile = stage.server.admin().header("user_id", &stranger).get("/user/profile").code().await;
    assert_eq!(profile, 10000);
    stage.server.stop().await;
}
