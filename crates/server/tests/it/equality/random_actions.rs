//! Many actions in a row, drawn from a seed: the same seed is the same sequence.

use serde_json::{Value, json};

use super::World;

const CHECK_EVERY: usize = 50;
const MOST_GROUPS: usize = 5;

/// Numbers from a seed (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

impl World {
    fn some_users(&self, dice: &mut Dice) -> Vec<u64> {
        (0..=dice.below(2)).map(|_| self.uid(dice.below(self.users.len()))).collect()
    }

    fn roster_action(&self, dice: &mut Dice) -> (&'static str, Value) {
        let other = self.uid(dice.below(self.users.len()));
        let number = dice.below(1_000);
        match dice.below(11) {
            0 | 1 => ("/roster/apply", json!({"user_id": other, "alias": format!("a{number}"), "reason": "hi"})),
            2 | 3 => ("/roster/accept", json!({"user_id": other})),
            4 => ("/roster/decline", json!({"user_id": other, "reason": ""})),
            5 => ("/roster/delete", json!({"user_id": other})),
            6 => (
                "/roster/ext",
                json!({"user_id": other, "alias": format!("b{number}"), "mute_notification": number.is_multiple_of(2)}),
            ),
            7 => ("/roster/block", json!({"user_id": other})),
            8 => ("/roster/unblock", json!({"user_id": other})),
            9 => {
                let user = self.uid(dice.below(self.users.len()));
                ("/user/settings", json!({"user_id": user, "group_confirm": number.is_multiple_of(2)}))
            }
            _ => ("/user/nickname", json!({"nick_name": format!("n{number}")})),
        }
    }

    fn group_action(&self, dice: &mut Dice, group: u64) -> (&'static str, Value) {
        let user = self.uid(dice.below(self.users.len()));
        let users = self.some_users(dice);
        let number = dice.below(1_000);
        let is_on = number.is_multiple_of(2);
        let with_users = json!({"group_id": group, "user_list": users});
        let with_flag = json!({"group_id": group, "value": is_on});
        let with_text = json!({"group_id": group, "value": format!("t{number}")});
        match dice.below(33) {
            0..=4 => ("/group/invite", with_users),
            5 => ("/group/kick", with_users),
            6 => ("/group/block", with_users),
            7 | 8 => ("/group/unblock", with_users),
            9 => ("/group/ban", json!({"group_id": group, "user_list": users, "duration": 60})),
            10 => ("/group/unban", with_users),
            11 => ("/group/admin/add", with_users),
            12 => ("/group/admin/remove", with_users),
            13 => ("/group/leave", json!({"group_id": group})),
            14 | 15 => ("/group/apply", json!({"group_id": group, "reason": "please"})),
            16 | 17 => ("/group/apply/handle", json!({"group_id": group, "user_id": user, "approval": is_on})),
            18 => ("/group/transfer", json!({"group_id": group, "new_owner": user})),
            19 => ("/group/info/name", with_text),
            20 => ("/group/info/description", with_text),
            21 => ("/group/display_name", with_text),
            22 => ("/group/settings/allow_member_invitation", with_flag),
            23 => ("/group/settings/history_visible", with_flag),
            24 => ("/group/settings/enable_read_ack", with_flag),
            25 => ("/group/settings/require_admin_approval", json!({"group_id": group, "apply_approval": number % 3})),
            26 => ("/group/settings/ban_all", json!({"group_id": group, "duration": if is_on { -1 } else { 60 }})),
            27 => ("/group/settings/unban_all", json!({"group_id": group})),
            28 => {
                let name = format!("f{number}.txt");
                let file = json!({"group_id": group, "name": name, "size": 1, "url": "/f", "type": "text"});
                ("/group/file/upload", file)
            }
            29 => ("/group/file/delete", json!({"group_id": group, "file_list": [number % 20, number % 7]})),
            30 => ("/group/invite/handle", json!({"group_id": group, "user_id": user, "approval": is_on})),
            31 => ("/group/msg/mute_mode", json!({"group_id": group, "msg_mute_mode": number % 3})),
            _ => ("/group/msg/push_mode", json!({"group_id": group, "msg_push_mode": number % 5})),
        }
    }
}

async fn run(seed: u64, actions: usize) {
    let mut world = World::start().await;
    let mut dice = Dice(seed);
    let mut groups = Vec::new();
    let mut done = 0;
    for number in 1..=actions {
        let who = dice.below(world.users.len());
        if groups.len() < MOST_GROUPS && dice.below(8) == 0 {
            let members = [dice.below(world.users.len())];
            groups.push(world.group(who, &members).await);
        } else if !groups.is_empty() && dice.below(200) == 0 {
            let group = *dice.pick(&groups);
            if world.act(who, "/group/destroy", json!({"group_id": group})).await == 200 {
                groups.retain(|standing| *standing != group);
            }
        } else {
            let (path, body) = if groups.is_empty() || dice.below(3) == 0 {
                world.roster_action(&mut dice)
            } else {
                let group = *dice.pick(&groups);
                world.group_action(&mut dice, group)
            };
            done += usize::from(world.act(who, path, body).await == 200);
        }
        if number % CHECK_EVERY == 0 {
            world.check(&format!("{number} actions of seed {seed}")).await;
        }
    }
    assert!(done > actions / 5, "only {done} of {actions} were not refused");
    world.check_all(&format!("all actions of seed {seed}")).await;
    world.server.stop().await;
}

#[tokio::test]
async fn a_thousand_actions_are_told_completely() {
    run(0x5eed_0001, 1_000).await;
}

#[tokio::test]
async fn other_sequences_are_told_completely() {
    for seed in [0x5eed_0002, 0x5eed_0003, 0x5eed_0004] {
        run(seed, 150).await;
    }
}
