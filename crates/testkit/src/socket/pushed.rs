//! What comes by itself.

use std::collections::BTreeSet;

use cerulean_proto::pb;

use super::{Down, SocketClient, is_ok, uid_of};
use crate::message::Address;

impl SocketClient {
    /// The next item pushed in a conversation.
    pub async fn pushed(&mut self, xid: impl Address) -> pb::Meta {
        let uid = xid.uid();
        let what = format!("an item pushed in conversation {uid}");
        let mut sync = self
            .expect(&what, |down| match down {
                Down::Sync(sync) if is_push_in(down, uid) => Some(sync.clone()),
                _ => None,
            })
            .await;
        assert_eq!((sync.metas.len(), sync.next_key), (1, 0), "pushes carry one item and ask for nothing");
        assert!(is_ok(&sync), "{sync:?}");
        sync.metas.remove(0)
    }

    /// The next wake: which conversation.
    pub async fn woken(&mut self) -> u64 {
        self.expect("a wake", |down| match down {
            Down::Notice(notice) => uid_of(notice.xid.as_ref()),
            _ => None,
        })
        .await
    }

    /// Everything that waits for this device: what was pushed and what it pulls after a heartbeat.
    pub async fn catch_up(&mut self) -> Vec<pb::Meta> {
        let mut metas = Vec::new();
        let mut waiting: BTreeSet<u64> =
            self.heartbeat().await.into_iter().filter(|(_, pending, _)| *pending > 0).map(|(xid, ..)| xid).collect();
        for down in std::mem::take(&mut self.backlog) {
            match down {
                Down::Sync(sync) if sync.is_eager_sync => metas.extend(sync.metas),
                Down::Notice(notice) => {
                    waiting.extend(uid_of(notice.xid.as_ref()));
                }
                other => self.backlog.push_back(other),
            }
        }
        for xid in waiting {
            metas.extend(self.pull_all(xid).await);
        }
        metas
    }

    /// What was pushed in a conversation and not asked for yet, as far as it has come.
    pub fn pushes_kept(&self, xid: impl Address) -> Vec<pb::Meta> {
        let uid = xid.uid();
        let pushes = self.backlog.iter().filter(|down| is_push_in(down, uid));
        pushes
            .flat_map(|down| match down {
                Down::Sync(sync) => sync.metas.clone(),
                _ => Vec::new(),
            })
            .collect()
    }
}

fn is_push_in(down: &Down, uid: u64) -> bool {
    let Down::Sync(sync) = down else { return false };
    sync.client_mid == 0
        && sync.is_eager_sync
        && !sync.metas.is_empty()
        && sync.xid.as_ref().is_some_and(|xid| xid.uid == uid)
}
