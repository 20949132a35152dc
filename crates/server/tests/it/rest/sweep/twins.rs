//! The two methods of one path with the same meaning, at the same moment.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Operation, Stage, operations};

/// What the people of a stage would fetch, without ids and times.
async fn state_of(stage: &Stage) -> Value {
    let mut state = Map::new();
    for user in [&stage.alice, &stage.bob, &stage.carol] {
        // Also of those whom a call has frozen.
        let rest = stage.server.admin_as(user);
        let mut shown = Map::new();
        for path in
            ["/user/profile", "/user/settings", "/roster/list", "/roster/blocked_list", "/user/conversation/pin_list"]
        {
            shown.insert(path.into(), rest.get(path).send().await.json());
        }
        let joined = rest.get("/group/user_joined").send().await.json();
        let mut groups = Vec::new();
        for group in joined["data"].as_array().into_iter().flatten() {
            let mut shown = Map::new();
            for path in [
                "/group/info",
                "/group/settings",
                "/group/member_list",
                "/group/admin_list",
                "/group/banned_list",
                "/group/blocked_list",
            ] {
                let answer = rest.get(path).query(&[("group_id", &group.to_string())]).send().await.json();
                shown.insert(path.into(), answer);
            }
            groups.push(Value::Object(shown));
        }
        shown.insert("groups".into(), groups.into());
        state.insert(user.name.clone(), Value::Object(shown));
    }
    let mut state = Value::Object(state);
    let people = [("alice", &stage.alice), ("bob", &stage.bob), ("carol", &stage.carol)];
    let people: Vec<(u64, &str)> = people.iter().map(|(name, user)| (user.id.get(), *name)).collect();
    plain(&mut state, &people);
    state
}

fn plain(value: &mut Value, people: &[(u64, &str)]) {
    match value {
        // Most lists are by id, which is another on each server.
        Value::Array(items) => {
            items.iter_mut().for_each(|item| plain(item, people));
            items.sort_by_key(ToString::to_string);
        }
        Value::Object(fields) => fields.values_mut().for_each(|field| plain(field, people)),
        Value::Number(number) => {
            let known = people.iter().find(|(id, _)| Some(*id) == number.as_u64());
            match known {
                Some((_, name)) => *value = (*name).into(),
                // Ids of groups, and times.
                None if number.as_f64().is_some_and(|number| number > 10_000.0) => *value = "some".into(),
                None => {}
            }
        }
        // What is made at random, such as addresses and codes.
        Value::String(text) if text.len() > 40 => *value = "some".into(),
        _ => {}
    }
}

/// Six calls of the twins of a path: how many succeeded.
async fn call_six(stage: &Stage, twins: &[Operation], at_once: bool) -> usize {
    let examples = stage.examples(&twins[0]).await;
    let mut calls = Vec::new();
    for twin in twins.iter().cycle().take(6) {
        let rest = stage.caller(twin).await;
        let values = examples.clone();
        calls.push(async move { twin.check(&twin.call(&rest, &values).send().await, "at once") });
    }
    let mut codes = Vec::new();
    if at_once {
        codes = futures::future::join_all(calls).await;
    } else {
        for call in calls {
            codes.push(call.await);
        }
    }
    stage.server.settle().await;
    codes.iter().filter(|code| matches!(code, 200..300)).count()
}

/// Two servers are told the same, one of them at the same moment what the other is told one after the other: as many calls succeed, and what
/// can be fetched afterwards is the same. Which refusal the others get depends on the moment.
#[tokio::test]
async fn twins_at_the_same_moment_are_answered_as_one_after_the_other() {
    let (together, in_turn) = (Stage::set().await, Stage::set().await);
    let mut by_path: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for operation in operations() {
        if operation.method != http::Method::GET {
            by_path.entry(operation.path.clone()).or_default().push(operation);
        }
    }
    by_path.retain(|_, twins| twins.len() > 1);
    assert!(by_path.len() > 50, "{}", by_path.len());
    for (path, twins) in &by_path {
        let done = (call_six(&together, twins, true).await, call_six(&in_turn, twins, false).await);
        assert_eq!(done.0, done.1, "successes of {path}, at once and in turn");
        assert_eq!(state_of(&together).await, state_of(&in_turn).await, "after {path}, at once and in turn");
    }
    together.server.stop().await;
    in_turn.server.stop().await;
}

/// Answers to the same question are handed out once, however many ask at the same moment.
#[tokio::test]
async fn a_kept_text_is_fetched_once() {
    let stage = Stage::set().await;
    let anyone = stage.server.anonymous();
    let kept = serde_json::json!({ "expire_seconds": 60, "secret_text": "only once" });
    let code = anyone.post("/app/secret_info", kept).data().await["code"].as_str().unwrap().to_owned();
    let fetches = (0..16).map(|_| {
        let anyone = anyone.clone();
        let code = code.clone();
        async move { anyone.get("/app/secret_info").query(&[("code", &code)]).send().await.code() }
    });
    let codes = futures::future::join_all(fetches).await;
    assert_eq!(codes.iter().filter(|code| **code == 200).count(), 1, "{codes:?}");
    assert!(codes.iter().all(|code| matches!(code, 200 | 404)), "{codes:?}");
    stage.server.stop().await;
}
