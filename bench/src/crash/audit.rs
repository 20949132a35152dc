//! Reads back what a restarted server shows and holds it against the ledger.

use anyhow::{Context, bail, ensure};
use cerulean_proto::pb;
use prost::Message;
use serde::Deserialize;

use super::World;
use super::device::number_of;
use super::ledger::{Ack, Conversation, Kept, Ledger};
use crate::client::line::Line;
use crate::client::session::{connect, history_frame};
use crate::client::wire::{self, Down};
use crate::fixture::{Server, User};

const PAGE: i32 = 100;

/// Reads what is new, or everything, and settles what was open.
pub(super) async fn run(server: &Server, world: &World, ledger: &mut Ledger, is_full: bool) -> anyhow::Result<()> {
    for conversation in world.conversations.clone() {
        let user = reader_of(world, conversation, ledger.stored());
        let mut line = connect(server.address, &user.device("auditor"), 0).await?;
        audit(&mut line, user, conversation, ledger, is_full).await.with_context(|| format!("{conversation:?}"))?;
        if is_full {
            audit_chain(server, user, conversation, ledger)
                .await
                .with_context(|| format!("chain of {conversation:?}"))?;
        }
    }
    ledger.settle(|number| number % 2 == 0)
}

/// Everyone reads in turn.
fn reader_of(world: &World, conversation: Conversation, turn: usize) -> &User {
    let id = match conversation {
        Conversation::Pair(one, other) => {
            if turn.is_multiple_of(2) {
                one
            } else {
                other
            }
        }
        Conversation::Group(_) => world.users[turn % world.users.len()].id,
    };
    world.users.iter().find(|user| user.id == id).expect("conversations are made of these users")
}

async fn audit(
    line: &mut Line,
    user: &User,
    conversation: Conversation,
    ledger: &mut Ledger,
    is_full: bool,
) -> anyhow::Result<()> {
    let known = ledger.kept_in(conversation).to_vec();
    let frontier = if is_full { None } else { known.last().map(|kept| kept.ack.mid) };
    let items = read_back(line, conversation.seen_by(user.id), frontier).await?;
    let overlap = if is_full { known.len() } else { known.len().min(1) };
    let known = &known[known.len() - overlap..];
    ensure!(items.len() >= overlap, "{} items are shown of {overlap} known before", items.len());
    for (shown, kept) in items.iter().zip(known) {
        let shown = kept_of(shown)?;
        ensure!(shown.ack == kept.ack && shown.number == kept.number, "{kept:?} is shown as {shown:?}");
    }
    for (index, meta) in items.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| &items[index]);
        check_link(before, meta, ledger)?;
        if index >= overlap {
            let from = meta.from.unwrap_or_default();
            ledger.keep(conversation, kept_of(meta)?, (from.uid, from.device_sn))?;
        }
    }
    Ok(())
}

/// History from the newest message back to `frontier` or the beginning; ascending.
async fn read_back(line: &mut Line, xid: u64, frontier: Option<u64>) -> anyhow::Result<Vec<pb::Meta>> {
    let mut items: Vec<pb::Meta> = Vec::new();
    let mut key = 0;
    loop {
        line.send(&history_frame(xid, key, PAGE)).await?;
        let frame = line.receive().await?;
        let Down::Sync(payload) = wire::down(&frame)? else { bail!("history got another answer") };
        let page = pb::SyncDl::decode(payload)?;
        let status = page.status.unwrap_or_default();
        ensure!(status.code == 1 && page.is_full_sync, "history was refused: {}", status.reason);
        for meta in page.metas {
            ensure!(
                items.last().is_none_or(|newer| newer.id > meta.id),
                "history is not in descending order at {}",
                meta.id
            );
            if frontier.is_some_and(|frontier| meta.id < frontier) {
                break;
            }
            items.push(meta);
        }
        key = page.next_key;
        let is_enough = frontier.is_some_and(|frontier| items.last().is_some_and(|oldest| oldest.id <= frontier));
        if key == 0 || is_enough {
            items.reverse();
            return Ok(items);
        }
    }
}

fn kept_of(meta: &pb::Meta) -> anyhow::Result<Kept> {
    let body = pb::MessageBody::decode(meta.payload.clone())?;
    let number = number_of(&body.content).with_context(|| format!("item {} has a text that nobody sent", meta.id))?;
    let link = <[u8; 32]>::try_from(&meta.link[..]).context("an item without link")?;
    Ok(Kept { ack: Ack { mid: meta.id, position: meta.position, link }, number, device: 0 })
}

/// `BLAKE3(previous link ‖ mid ‖ sender ‖ timestamp ‖ namespace ‖ digest)`, see spec/extensions.md.
fn link_of(before: &[u8], mid: u64, sender: u64, timestamp: u64, namespace: u8, digest: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(before);
    for number in [mid, sender, timestamp] {
        hasher.update(&number.to_be_bytes());
    }
    hasher.update(&[namespace]);
    hasher.update(digest);
    *hasher.finalize().as_bytes()
}

/// Positions have no gaps and each link follows from the one before. The first message of a group has notices before it.
fn check_link(before: Option<&pb::Meta>, meta: &pb::Meta, ledger: &mut Ledger) -> anyhow::Result<()> {
    let zeros = [0_u8; 32];
    let before_link = match before {
        Some(before) => {
            ensure!(meta.position == before.position + 1, "position {} follows {}", meta.position, before.position);
            &before.link[..]
        }
        None if meta.position == 1 => &zeros[..],
        None => return Ok(()),
    };
    let sender = meta.from.unwrap_or_default().uid;
    let link = link_of(before_link, meta.id, sender, meta.timestamp, meta.ns as u8, &meta.digest);
    ensure!(link[..] == meta.link[..], "the chain is broken at item {} (position {})", meta.id, meta.position);
    ledger.links_checked += 1;
    Ok(())
}

#[derive(Deserialize)]
struct ChainPage {
    items: Vec<ChainItem>,
    has_more: bool,
}

#[derive(Deserialize)]
struct ChainItem {
    mid: u64,
    position: u64,
    sender: u64,
    timestamp: u64,
    namespace: u8,
    digest: String,
    link: String,
}

/// The skeleton of the chain, from the first item of the conversation, notices included.
async fn audit_chain(
    server: &Server,
    user: &User,
    conversation: Conversation,
    ledger: &mut Ledger,
) -> anyhow::Result<()> {
    let mut http = server.http(&user.token).await?;
    let xid = conversation.seen_by(user.id);
    let mut before = (0, 0, vec![0_u8; 32]);
    let mut kept = ledger.kept_in(conversation).to_vec().into_iter().peekable();
    loop {
        let path = format!("/client/v1/conversations/{xid}/chain?after={}&limit=1000", before.0);
        let (status, page) = http.call("GET", &path, None).await?;
        ensure!(status == 200, "status {status}: {page}");
        let page: ChainPage = serde_json::from_value(page)?;
        for item in &page.items {
            ensure!(
                item.mid > before.0 && item.position == before.1 + 1,
                "position {} follows {}",
                item.position,
                before.1
            );
            let link =
                link_of(&before.2, item.mid, item.sender, item.timestamp, item.namespace, &hex::decode(&item.digest)?);
            ensure!(hex::encode(link) == item.link, "the chain is broken at item {}", item.mid);
            if let Some(kept) = kept.next_if(|kept| kept.ack.mid == item.mid) {
                ensure!(
                    kept.ack.position == item.position && kept.ack.link == link,
                    "{kept:?} has another link in the chain"
                );
            }
            before = (item.mid, item.position, link.to_vec());
            ledger.links_checked += 1;
        }
        if !page.has_more {
            ensure!(kept.peek().is_none(), "{:?} is not in the chain", kept.peek());
            return Ok(());
        }
    }
}
