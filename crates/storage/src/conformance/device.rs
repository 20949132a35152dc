//! Devices.

use cerulean_types::{AppId, DeviceSn, UserId};
use cerulean_vault::Vault;

use crate::Db;
use crate::device::{DeviceRow, PushAddress};

fn user(number: u64) -> UserId {
    UserId::parse(number << 3 | 1).expect("an id of a user")
}

fn device(owner: UserId, sn: u32) -> DeviceRow {
    DeviceRow {
        user: owner,
        sn: DeviceSn(sn),
        platform: 6,
        info: "Firefox".into(),
        push: None,
        last_login: 1,
        created_at: 1,
    }
}

/// A device comes back by number and by its own name; the same name under another user is another device.
pub async fn devices_are_found_by_guid(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let devices = tx.devices();
    let guid = devices.guid_index(user(1), "g").expect("index");
    devices.insert(&device(user(1), 1), &guid).await.expect("insert");
    assert_eq!(devices.find_by_guid(user(1), &guid).await.expect("find"), Some(device(user(1), 1)));
    assert_eq!(devices.find(user(1), DeviceSn(1)).await.expect("find"), Some(device(user(1), 1)));
    assert!(devices.find(user(2), DeviceSn(1)).await.expect("find").is_none());
    let foreign = devices.guid_index(user(2), "g").expect("index");
    assert_ne!(foreign, guid);
    assert!(devices.find_by_guid(user(2), &foreign).await.expect("find").is_none());
}

/// One installation is one device of a user.
pub async fn guid_is_one_device(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let guid = tx.devices().guid_index(user(1), "g").expect("index");
    tx.devices().insert(&device(user(1), 1), &guid).await.expect("insert");
    assert!(tx.devices().insert(&device(user(1), 2), &guid).await.expect_err("taken").is_duplicate());
}

/// Sign-ins and push addresses change a device alone; forgetting forgets.
pub async fn devices_change_and_go(db: Db, app: AppId, _vault: Vault) {
    let tx = db.begin(app).await.expect("begin");
    let devices = tx.devices();
    for sn in [2, 1] {
        let guid = devices.guid_index(user(1), &format!("g{sn}")).expect("index");
        devices.insert(&device(user(1), sn), &guid).await.expect("insert");
    }
    devices.touch(user(1), DeviceSn(2), 2, "Pixel", 77).await.expect("touch");
    let push = PushAddress { device_token: "t".into(), notifier_name: "n".into() };
    devices.set_push(user(1), DeviceSn(2), Some(&push)).await.expect("push");
    let reachable = devices.list_reachable(&[user(1), user(2)]).await.expect("list");
    assert_eq!(reachable.iter().map(|device| device.sn).collect::<Vec<_>>(), [DeviceSn(2)]);
    let list = devices.list(user(1)).await.expect("list");
    assert_eq!(list[0], device(user(1), 1));
    assert_eq!(
        (list[1].platform, list[1].info.as_str(), list[1].last_login, &list[1].push),
        (2, "Pixel", 77, &Some(push))
    );
    devices.set_push(user(1), DeviceSn(2), None).await.expect("push");
    assert!(devices.find(user(1), DeviceSn(2)).await.expect("find").expect("there").push.is_none());
    assert!(devices.delete(user(1), DeviceSn(1)).await.expect("delete"));
    assert!(!devices.delete(user(1), DeviceSn(1)).await.expect("delete"));
    devices.delete_all(user(1)).await.expect("delete");
    assert!(devices.list(user(1)).await.expect("list").is_empty());
}
