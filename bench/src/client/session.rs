//! From a connected socket to a session that is up to date: PROVISION, UNREAD, pulls.

use std::net::SocketAddr;

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use cerulean_proto::encode::frame;
use cerulean_proto::pb;
use prost::Message;

use super::line::Line;
use super::wire::{self, Down, Item};

/// The client confirms with `ack_only` (spec/extensions.md).
pub(crate) const EXPLICIT_ACK: u32 = 1;

/// Who connects.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    pub user: u64,
    pub token: String,
    pub guid: String,
    pub capabilities: u32,
}

pub(crate) fn provision_frame(device: &Device) -> Bytes {
    let request = pb::Provision {
        xid: Some(xid(device.user)),
        token: device.token.clone(),
        device_guid: device.guid.clone(),
        sdk_vsn: "2.0.0".into(),
        os_type: pb::provision::OsType::Linux as i32,
        device_info: "cerulean-bench".into(),
        capabilities: device.capabilities,
        ..Default::default()
    };
    frame(pb::frame::Command::Provision, request.encode_to_vec().into())
}

pub(crate) fn unread_frame() -> Bytes {
    frame(pb::frame::Command::Unread, Bytes::new())
}

pub(crate) fn sync_frame(request: &pb::SyncUl) -> Bytes {
    frame(pb::frame::Command::Sync, request.encode_to_vec().into())
}

fn xid(uid: u64) -> pb::Xid {
    pb::Xid { uid, device_sn: 0 }
}

/// A pull; `key` 0 goes on where the connection is.
pub(crate) fn pull_frame(uid: u64, key: u64) -> Bytes {
    sync_frame(&pb::SyncUl { xid: Some(xid(uid)), key, ..Default::default() })
}

/// A page of history older than `key`; 0 is the newest.
pub(crate) fn history_frame(uid: u64, key: u64, count: i32) -> Bytes {
    sync_frame(&pb::SyncUl { xid: Some(xid(uid)), key, is_full_sync: true, full_sync_num: count, ..Default::default() })
}

/// Everything up to `mid` is safe here.
pub(crate) fn ack_frame(uid: u64, mid: u64) -> Bytes {
    sync_frame(&pb::SyncUl { xid: Some(xid(uid)), key: mid, ack_only: true, ..Default::default() })
}

/// Reads the answer to PROVISION.
pub(crate) fn provisioned(payload: &[u8]) -> anyhow::Result<u32> {
    let answer = pb::Provision::decode(payload).context("malformed answer to PROVISION")?;
    let status = answer.status.unwrap_or_default();
    ensure!(
        status.code == pb::status::ErrorCode::Ok as i32,
        "PROVISION was refused: {} {}",
        status.code,
        status.reason
    );
    Ok(answer.xid.unwrap_or_default().device_sn)
}

/// Connects and provisions.
pub(crate) async fn connect(address: SocketAddr, device: &Device, number: usize) -> anyhow::Result<Line> {
    let mut line = Line::open(address, "/", number).await?;
    line.send(&provision_frame(device)).await?;
    let answer = line.receive().await?;
    let Down::Provision(payload) = wire::down(&answer)? else { bail!("PROVISION got another answer") };
    provisioned(payload)?;
    Ok(line)
}

/// Connects, provisions, asks what is unread and pulls all of it, as a client does that comes online.
pub(crate) async fn come_online(address: SocketAddr, device: &Device, number: usize) -> anyhow::Result<Line> {
    let mut line = connect(address, device, number).await?;
    catch_up(&mut line, |_, _| {}).await?;
    Ok(line)
}

/// Asks what is unread and pulls it to the end.
pub(crate) async fn catch_up(line: &mut Line, mut on_item: impl FnMut(u64, Item<'_>)) -> anyhow::Result<()> {
    line.send(&unread_frame()).await?;
    let mut waiting = Vec::new();
    loop {
        let answer = line.receive().await?;
        match wire::down(&answer)? {
            Down::Unread(payload) => {
                let answer = pb::UnreadDl::decode(payload).context("malformed answer to UNREAD")?;
                let pending = answer.unread.into_iter().filter(|entry| entry.n > 0);
                waiting.extend(pending.map(|entry| entry.xid.unwrap_or_default().uid));
                break;
            }
            // What was committed meanwhile.
            Down::Notice(uid) => waiting.push(uid),
            Down::Sync(_) | Down::Provision(_) => {}
        }
    }
    while let Some(uid) = waiting.pop() {
        line.send(&pull_frame(uid, 0)).await?;
        loop {
            let answer = line.receive().await?;
            match wire::down(&answer)? {
                Down::Notice(other) if other != uid => waiting.push(other),
                Down::Sync(payload) => {
                    let read = wire::sync(payload, |item| on_item(uid, item))?;
                    if read.is_eager || read.xid != uid {
                        continue;
                    }
                    ensure!(read.status == 1, "a pull was refused");
                    if read.next_key == 0 {
                        break;
                    }
                    line.send(&pull_frame(uid, read.next_key)).await?;
                }
                Down::Notice(_) | Down::Unread(_) | Down::Provision(_) => {}
            }
        }
    }
    Ok(())
}
