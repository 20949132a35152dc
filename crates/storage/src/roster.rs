//! Rosters: friendships, notes on others, requests to be friends, blocks.

use std::collections::{HashMap, HashSet};

use cerulean_types::{Millis, UserId};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::entity::{block, roster_application, roster_item};
use crate::{StorageError, Tx};

const ALIAS: &str = "roster_items.alias";
const EXT: &str = "roster_items.ext";
const REASON: &str = "roster_applications.reason";
/// Ids of one `in (…)` list; SQLite bounds the number of parameters of a statement.
const IDS_PER_QUERY: usize = 500;

/// What two users are to each other, as one of them sees it. Blocks are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i16)]
pub enum Relation {
    /// Friends.
    Friend = 0,
    /// Were friends.
    Deleted = 1,
    /// Never were friends.
    Stranger = 2,
}

impl Relation {
    fn from_stored(number: i16) -> Option<Self> {
        Some(match number {
            0 => Self::Friend,
            1 => Self::Deleted,
            2 => Self::Stranger,
            _ => return None,
        })
    }
}

/// What a user keeps about another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// The other.
    pub peer: UserId,
    /// What they are to each other.
    pub relation: Relation,
    /// Remark name, empty if none.
    pub alias: String,
    /// Free text of the owner, empty if none.
    pub ext: String,
    /// Whether messages of the other are silent.
    pub mute_notification: bool,
}

/// What to change in a [`RosterRow`]; absent stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RosterNotes<'a> {
    /// Remark name.
    pub alias: Option<&'a str>,
    /// Free text of the owner.
    pub ext: Option<&'a str>,
    /// Whether messages of the other are silent.
    pub mute_notification: Option<bool>,
}

/// What a user keeps about another, come along with a past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastItem {
    /// Whose roster it is.
    pub user: UserId,
    /// What he keeps.
    pub row: RosterRow,
    /// Milliseconds.
    pub updated_at: Millis,
}

/// A block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Who blocks.
    pub user: UserId,
    /// Who is blocked.
    pub blocked: UserId,
    /// Milliseconds.
    pub created_at: Millis,
}

/// How a request to be friends stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i16)]
pub enum ApplicationStatus {
    /// Not answered.
    Pending = 0,
    /// Now friends.
    Accepted = 1,
    /// Declined.
    Declined = 2,
}

/// A request to be friends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationRow {
    /// Who asks.
    pub applicant: UserId,
    /// His words.
    pub reason: String,
    /// How it stands.
    pub status: ApplicationStatus,
    /// Milliseconds.
    pub created_at: Millis,
    /// Milliseconds after which it can no longer be answered.
    pub expires_at: Millis,
}

/// A request to be friends that nobody answered, seen from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingRow {
    /// Who is asked.
    pub target: UserId,
    /// Who asks.
    pub applicant: UserId,
    /// His words.
    pub reason: String,
    /// Milliseconds.
    pub created_at: Millis,
    /// Milliseconds after which it can no longer be answered.
    pub expires_at: Millis,
}

impl ApplicationRow {
    /// Whether it can still be answered.
    pub fn is_open(&self, now: Millis) -> bool {
        self.status == ApplicationStatus::Pending && self.expires_at > now
    }
}

/// Who knew of a user that was forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// His friends.
    pub friends: Vec<UserId>,
    /// Whom he had asked to be friends, and who had not answered yet.
    pub asked: Vec<UserId>,
    /// Who had blocked him.
    pub blockers: Vec<UserId>,
}

/// What decides whether one user may write to another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GateRow {
    /// Whether they are friends.
    pub is_friend: bool,
    /// Whether the sender has blocked the receiver.
    pub from_blocked_to: bool,
    /// Whether the receiver has blocked the sender.
    pub to_blocked_from: bool,
}

/// The rosters of an app.
#[derive(Debug)]
pub struct Roster<'a> {
    tx: &'a Tx,
}

impl<'a> Roster<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// What decides whether `from` may write to `to`. Two point lookups.
    pub async fn gate(&self, from: UserId, to: UserId) -> Result<GateRow, StorageError> {
        let item = self.stored_item(from, to).await?;
        let directed = |one: UserId, other: UserId| {
            Condition::all()
                .add(block::Column::UserId.eq(one.as_i64()))
                .add(block::Column::BlockedId.eq(other.as_i64()))
        };
        let blocks = block::Entity::find()
            .filter(block::Column::AppId.eq(self.app()))
            .filter(Condition::any().add(directed(from, to)).add(directed(to, from)))
            .all(self.tx.conn())
            .await?;
        Ok(GateRow {
            is_friend: item.is_some_and(|row| row.relation == Relation::Friend as i16),
            from_blocked_to: blocks.iter().any(|row| row.user_id == from.as_i64()),
            to_blocked_from: blocks.iter().any(|row| row.user_id == to.as_i64()),
        })
    }

    /// All friends of a user, by ascending id; those he blocked as well.
    pub async fn friends(&self, user: UserId) -> Result<Vec<UserId>, StorageError> {
        let ids: Vec<i64> = roster_item::Entity::find()
            .select_only()
            .column(roster_item::Column::PeerId)
            .filter(roster_item::Column::AppId.eq(self.app()))
            .filter(roster_item::Column::UserId.eq(user.as_i64()))
            .filter(roster_item::Column::Relation.eq(Relation::Friend as i16))
            .order_by_asc(roster_item::Column::PeerId)
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        Ok(ids.into_iter().map(UserId::from_stored).collect())
    }

    /// Counts a user's friends.
    pub async fn count_friends(&self, user: UserId) -> Result<u64, StorageError> {
        let count = roster_item::Entity::find()
            .filter(roster_item::Column::AppId.eq(self.app()))
            .filter(roster_item::Column::UserId.eq(user.as_i64()))
            .filter(roster_item::Column::Relation.eq(Relation::Friend as i16))
            .count(self.tx.conn())
            .await?;
        Ok(count)
    }

    /// When anything in a user's roster last changed, 0 if it is empty.
    pub async fn version(&self, user: UserId) -> Result<Millis, StorageError> {
        let newest: Option<Option<i64>> = roster_item::Entity::find()
            .select_only()
            .column_as(roster_item::Column::UpdatedAt.max(), "newest")
            .filter(roster_item::Column::AppId.eq(self.app()))
            .filter(roster_item::Column::UserId.eq(user.as_i64()))
            .into_tuple()
            .one(self.tx.conn())
            .await?;
        Ok(newest.flatten().unwrap_or(0))
    }

    /// What a user keeps about one other.
    pub async fn find_item(&self, user: UserId, peer: UserId) -> Result<Option<RosterRow>, StorageError> {
        self.stored_item(user, peer).await?.map(|row| self.open_item(row)).transpose()
    }

    /// What a user keeps about others; those of whom he keeps nothing are left out.
    pub async fn items(&self, user: UserId, peers: &[UserId]) -> Result<HashMap<UserId, RosterRow>, StorageError> {
        let mut items = HashMap::with_capacity(peers.len());
        for chunk in peers.chunks(IDS_PER_QUERY) {
            let rows = roster_item::Entity::find()
                .filter(roster_item::Column::AppId.eq(self.app()))
                .filter(roster_item::Column::UserId.eq(user.as_i64()))
                .filter(roster_item::Column::PeerId.is_in(chunk.iter().map(|peer| peer.as_i64())))
                .all(self.tx.conn())
                .await?;
            for row in rows {
                let item = self.open_item(row)?;
                items.insert(item.peer, item);
            }
        }
        Ok(items)
    }

    /// Which of these users a user has blocked.
    pub async fn blocked_among(&self, user: UserId, peers: &[UserId]) -> Result<HashSet<UserId>, StorageError> {
        let mut blocked = HashSet::new();
        for chunk in peers.chunks(IDS_PER_QUERY) {
            let ids: Vec<i64> = block::Entity::find()
                .select_only()
                .column(block::Column::BlockedId)
                .filter(block::Column::AppId.eq(self.app()))
                .filter(block::Column::UserId.eq(user.as_i64()))
                .filter(block::Column::BlockedId.is_in(chunk.iter().map(|peer| peer.as_i64())))
                .into_tuple()
                .all(self.tx.conn())
                .await?;
            blocked.extend(ids.into_iter().map(UserId::from_stored));
        }
        Ok(blocked)
    }

    /// Which of these users have blocked `user`.
    pub async fn blockers_among(&self, user: UserId, peers: &[UserId]) -> Result<HashSet<UserId>, StorageError> {
        let mut blockers = HashSet::new();
        for chunk in peers.chunks(IDS_PER_QUERY) {
            let ids: Vec<i64> = block::Entity::find()
                .select_only()
                .column(block::Column::UserId)
                .filter(block::Column::AppId.eq(self.app()))
                .filter(block::Column::UserId.is_in(chunk.iter().map(|peer| peer.as_i64())))
                .filter(block::Column::BlockedId.eq(user.as_i64()))
                .into_tuple()
                .all(self.tx.conn())
                .await?;
            blockers.extend(ids.into_iter().map(UserId::from_stored));
        }
        Ok(blockers)
    }

    /// Sets what two users are to each other, on both sides. Notes stay.
    pub async fn set_relation(
        &self,
        one: UserId,
        other: UserId,
        relation: Relation,
        at: Millis,
    ) -> Result<(), StorageError> {
        let side = |user: UserId, peer: UserId| roster_item::ActiveModel {
            relation: Set(relation as i16),
            ..self.empty_item(user, peer, at)
        };
        // Always in the same order, so that two nodes cannot lock each other out.
        let (low, high) = if one <= other { (one, other) } else { (other, one) };
        roster_item::Entity::insert_many([side(low, high), side(high, low)])
            .on_conflict(item_conflict(&[roster_item::Column::Relation]))
            .exec_without_returning(self.tx.conn())
            .await?;
        Ok(())
    }

    /// Changes what a user keeps about another, a stranger included.
    pub async fn set_notes(
        &self,
        user: UserId,
        peer: UserId,
        notes: RosterNotes<'_>,
        at: Millis,
    ) -> Result<(), StorageError> {
        let key = pair_key(user, peer);
        let mut model = self.empty_item(user, peer, at);
        let mut changed = Vec::new();
        if let Some(alias) = notes.alias {
            model.alias = Set(self.seal_text(ALIAS, &key, alias)?);
            changed.push(roster_item::Column::Alias);
        }
        if let Some(ext) = notes.ext {
            model.ext = Set(self.seal_text(EXT, &key, ext)?);
            changed.push(roster_item::Column::Ext);
        }
        if let Some(is_muted) = notes.mute_notification {
            model.mute_notification = Set(is_muted);
            changed.push(roster_item::Column::MuteNotification);
        }
        if changed.is_empty() {
            return Ok(());
        }
        roster_item::Entity::insert(model)
            .on_conflict(item_conflict(&changed))
            .exec_without_returning(self.tx.conn())
            .await?;
        Ok(())
    }

    /// Blocks a user; whether he was not blocked before.
    pub async fn block(&self, user: UserId, blocked: UserId, at: Millis) -> Result<bool, StorageError> {
        let model = block::ActiveModel {
            app_id: Set(self.app()),
            user_id: Set(user.as_i64()),
            blocked_id: Set(blocked.as_i64()),
            created_at: Set(at),
        };
        let columns = [block::Column::AppId, block::Column::UserId, block::Column::BlockedId];
        let added = block::Entity::insert_many([model])
            .on_conflict(OnConflict::columns(columns).do_nothing_on(columns).to_owned())
            .exec_without_returning(self.tx.conn())
            .await?;
        Ok(added > 0)
    }

    /// Adds what users keep about others, one entry for a pair at most. What is kept already stays; only gaps are filled.
    pub async fn merge_items(&self, items: &[PastItem]) -> Result<(), StorageError> {
        use roster_item::Column;
        let fill = OnConflict::columns([Column::AppId, Column::UserId, Column::PeerId])
            .value(Column::Alias, Expr::cust("coalesce(roster_items.alias, excluded.alias)"))
            .value(Column::Ext, Expr::cust("coalesce(roster_items.ext, excluded.ext)"))
            .value(Column::MuteNotification, Expr::cust("roster_items.mute_notification or excluded.mute_notification"))
            .value(
                Column::Relation,
                Expr::cust("case when roster_items.relation = 2 then excluded.relation else roster_items.relation end"),
            )
            .to_owned();
        for chunk in items.chunks(IDS_PER_QUERY) {
            let mut models = Vec::with_capacity(chunk.len());
            for item in chunk {
                let key = pair_key(item.user, item.row.peer);
                models.push(roster_item::ActiveModel {
                    relation: Set(item.row.relation as i16),
                    alias: Set(self.seal_text(ALIAS, &key, &item.row.alias)?),
                    ext: Set(self.seal_text(EXT, &key, &item.row.ext)?),
                    mute_notification: Set(item.row.mute_notification),
                    ..self.empty_item(item.user, item.row.peer, item.updated_at)
                });
            }
            roster_item::Entity::insert_many(models)
                .on_conflict(fill.clone())
                .exec_without_returning(self.tx.conn())
                .await?;
        }
        Ok(())
    }

    /// One page of what all users keep about others, beginning after a pair.
    pub async fn list_items_after(
        &self,
        after: Option<(UserId, UserId)>,
        limit: u64,
    ) -> Result<Vec<PastItem>, StorageError> {
        use roster_item::Column;
        let (user, peer) = after.map_or((0, 0), |(user, peer)| (user.as_i64(), peer.as_i64()));
        let later_peer = Condition::all().add(Column::UserId.eq(user)).add(Column::PeerId.gt(peer));
        let rows = roster_item::Entity::find()
            .filter(Column::AppId.eq(self.app()))
            .filter(Column::UserId.gte(user))
            .filter(Condition::any().add(Column::UserId.gt(user)).add(later_peer))
            .order_by_asc(Column::UserId)
            .order_by_asc(Column::PeerId)
            .limit(limit)
            .all(self.tx.conn())
            .await?;
        rows.into_iter()
            .map(|row| {
                let (user, updated_at) = (UserId::from_stored(row.user_id), row.updated_at);
                Ok(PastItem { user, row: self.open_item(row)?, updated_at })
            })
            .collect()
    }

    /// Adds blocks; those that are there stay.
    pub async fn insert_blocks(&self, blocks: &[Block]) -> Result<(), StorageError> {
        let columns = [block::Column::AppId, block::Column::UserId, block::Column::BlockedId];
        for chunk in blocks.chunks(IDS_PER_QUERY) {
            let models = chunk.iter().map(|block| block::ActiveModel {
                app_id: Set(self.app()),
                user_id: Set(block.user.as_i64()),
                blocked_id: Set(block.blocked.as_i64()),
                created_at: Set(block.created_at),
            });
            block::Entity::insert_many(models)
                .on_conflict(OnConflict::columns(columns).do_nothing_on(columns).to_owned())
                .exec_without_returning(self.tx.conn())
                .await?;
        }
        Ok(())
    }

    /// One page of all blocks, beginning after a pair.
    pub async fn list_blocks_after(
        &self,
        after: Option<(UserId, UserId)>,
        limit: u64,
    ) -> Result<Vec<Block>, StorageError> {
        use block::Column;
        let (user, blocked) = after.map_or((0, 0), |(user, blocked)| (user.as_i64(), blocked.as_i64()));
        let later = Condition::all().add(Column::UserId.eq(user)).add(Column::BlockedId.gt(blocked));
        let rows = block::Entity::find()
            .filter(Column::AppId.eq(self.app()))
            .filter(Column::UserId.gte(user))
            .filter(Condition::any().add(Column::UserId.gt(user)).add(later))
            .order_by_asc(Column::UserId)
            .order_by_asc(Column::BlockedId)
            .limit(limit)
            .all(self.tx.conn())
            .await?;
        let open = |row: block::Model| Block {
            user: UserId::from_stored(row.user_id),
            blocked: UserId::from_stored(row.blocked_id),
            created_at: row.created_at,
        };
        Ok(rows.into_iter().map(open).collect())
    }

    /// Lifts a block; whether there was one.
    pub async fn unblock(&self, user: UserId, blocked: UserId) -> Result<bool, StorageError> {
        let removed =
            block::Entity::delete_by_id((self.app(), user.as_i64(), blocked.as_i64())).exec(self.tx.conn()).await?;
        Ok(removed.rows_affected > 0)
    }

    /// Whom a user has blocked, longest ago first.
    pub async fn blocked(&self, user: UserId) -> Result<Vec<UserId>, StorageError> {
        let ids: Vec<i64> = block::Entity::find()
            .select_only()
            .column(block::Column::BlockedId)
            .filter(block::Column::AppId.eq(self.app()))
            .filter(block::Column::UserId.eq(user.as_i64()))
            .order_by_asc(block::Column::CreatedAt)
            .order_by_asc(block::Column::BlockedId)
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        Ok(ids.into_iter().map(UserId::from_stored).collect())
    }

    /// Records a request to be friends; a newer one takes the place of the older.
    pub async fn apply(
        &self,
        target: UserId,
        applicant: UserId,
        reason: &str,
        at: Millis,
        expires_at: Millis,
    ) -> Result<(), StorageError> {
        use roster_application::Column;
        let model = roster_application::ActiveModel {
            app_id: Set(self.app()),
            user_id: Set(target.as_i64()),
            applicant_id: Set(applicant.as_i64()),
            reason: Set(self.tx.seal(REASON, &pair_key(target, applicant), reason)?),
            status: Set(ApplicationStatus::Pending as i16),
            created_at: Set(at),
            expires_at: Set(expires_at),
        };
        let replace = OnConflict::columns([Column::AppId, Column::UserId, Column::ApplicantId])
            .update_columns([Column::Reason, Column::Status, Column::CreatedAt, Column::ExpiresAt])
            .to_owned();
        roster_application::Entity::insert(model).on_conflict(replace).exec_without_returning(self.tx.conn()).await?;
        Ok(())
    }

    /// Answers a pending request that has not expired; whether there was one.
    pub async fn answer_application(
        &self,
        target: UserId,
        applicant: UserId,
        status: ApplicationStatus,
        now: Millis,
    ) -> Result<bool, StorageError> {
        use roster_application::Column;
        let answered = roster_application::Entity::update_many()
            .set(roster_application::ActiveModel { status: Set(status as i16), ..Default::default() })
            .filter(Column::AppId.eq(self.app()))
            .filter(Column::UserId.eq(target.as_i64()))
            .filter(Column::ApplicantId.eq(applicant.as_i64()))
            .filter(Column::Status.eq(ApplicationStatus::Pending as i16))
            .filter(Column::ExpiresAt.gt(now))
            .exec(self.tx.conn())
            .await?;
        Ok(answered.rows_affected > 0)
    }

    /// The request of one user to another, answered or not.
    pub async fn find_application(
        &self,
        target: UserId,
        applicant: UserId,
    ) -> Result<Option<ApplicationRow>, StorageError> {
        let key = (self.app(), target.as_i64(), applicant.as_i64());
        let found = roster_application::Entity::find_by_id(key).one(self.tx.conn()).await?;
        found.map(|row| self.open_application(row)).transpose()
    }

    /// Requests made to a user, newest first, answered ones as well. `after` is time and applicant of the last one already seen.
    pub async fn applications(
        &self,
        target: UserId,
        after: Option<(Millis, UserId)>,
        limit: u64,
    ) -> Result<Vec<ApplicationRow>, StorageError> {
        use roster_application::Column;
        let mut query = roster_application::Entity::find()
            .filter(Column::AppId.eq(self.app()))
            .filter(Column::UserId.eq(target.as_i64()));
        if let Some((at, applicant)) = after {
            let same_moment =
                Condition::all().add(Column::CreatedAt.eq(at)).add(Column::ApplicantId.gt(applicant.as_i64()));
            query = query.filter(Condition::any().add(Column::CreatedAt.lt(at)).add(same_moment));
        }
        let rows = query
            .order_by_desc(Column::CreatedAt)
            .order_by_asc(Column::ApplicantId)
            .limit(limit)
            .all(self.tx.conn())
            .await?;
        rows.into_iter().map(|row| self.open_application(row)).collect()
    }

    /// Adds requests that nobody answered yet; where there is one between the two already, it stays.
    pub async fn insert_pending(&self, rows: &[PendingRow]) -> Result<(), StorageError> {
        use roster_application::Column;
        let columns = [Column::AppId, Column::UserId, Column::ApplicantId];
        for chunk in rows.chunks(IDS_PER_QUERY) {
            let mut models = Vec::with_capacity(chunk.len());
            for row in chunk {
                models.push(roster_application::ActiveModel {
                    app_id: Set(self.app()),
                    user_id: Set(row.target.as_i64()),
                    applicant_id: Set(row.applicant.as_i64()),
                    reason: Set(self.tx.seal(REASON, &pair_key(row.target, row.applicant), &row.reason)?),
                    status: Set(ApplicationStatus::Pending as i16),
                    created_at: Set(row.created_at),
                    expires_at: Set(row.expires_at),
                });
            }
            roster_application::Entity::insert_many(models)
                .on_conflict(OnConflict::columns(columns).do_nothing_on(columns).to_owned())
                .exec_without_returning(self.tx.conn())
                .await?;
        }
        Ok(())
    }

    /// One page of all requests that can still be answered, beginning after a target and an applicant.
    pub async fn list_pending_after(
        &self,
        after: Option<(UserId, UserId)>,
        now: Millis,
        limit: u64,
    ) -> Result<Vec<PendingRow>, StorageError> {
        use roster_application::Column;
        let (target, applicant) = after.map_or((0, 0), |(target, applicant)| (target.as_i64(), applicant.as_i64()));
        let later = Condition::all().add(Column::UserId.eq(target)).add(Column::ApplicantId.gt(applicant));
        let rows = roster_application::Entity::find()
            .filter(Column::AppId.eq(self.app()))
            .filter(Column::UserId.gte(target))
            .filter(Condition::any().add(Column::UserId.gt(target)).add(later))
            .filter(Column::Status.eq(ApplicationStatus::Pending as i16))
            .filter(Column::ExpiresAt.gt(now))
            .order_by_asc(Column::UserId)
            .order_by_asc(Column::ApplicantId)
            .limit(limit)
            .all(self.tx.conn())
            .await?;
        let open = |row: roster_application::Model| {
            let target = UserId::from_stored(row.user_id);
            let row = self.open_application(row)?;
            let (applicant, reason, created_at) = (row.applicant, row.reason, row.created_at);
            Ok(PendingRow { target, applicant, reason, created_at, expires_at: row.expires_at })
        };
        rows.into_iter().map(open).collect()
    }

    /// Forgets a user on all sides. Answers who knew of him.
    pub async fn forget_user(&self, user: UserId, now: Millis) -> Result<Forgotten, StorageError> {
        let friends = self.friends(user).await?;
        let asked = self.asked_by(user, now).await?;
        let blockers = self.blockers_of(user).await?;
        let id = user.as_i64();
        roster_item::Entity::delete_many()
            .filter(roster_item::Column::AppId.eq(self.app()))
            .filter(Condition::any().add(roster_item::Column::UserId.eq(id)).add(roster_item::Column::PeerId.eq(id)))
            .exec(self.tx.conn())
            .await?;
        roster_application::Entity::delete_many()
            .filter(roster_application::Column::AppId.eq(self.app()))
            .filter(
                Condition::any()
                    .add(roster_application::Column::UserId.eq(id))
                    .add(roster_application::Column::ApplicantId.eq(id)),
            )
            .exec(self.tx.conn())
            .await?;
        block::Entity::delete_many()
            .filter(block::Column::AppId.eq(self.app()))
            .filter(Condition::any().add(block::Column::UserId.eq(id)).add(block::Column::BlockedId.eq(id)))
            .exec(self.tx.conn())
            .await?;
        Ok(Forgotten { friends, asked, blockers })
    }

    /// Whom a user asks to be friends and who has not answered yet.
    async fn asked_by(&self, applicant: UserId, now: Millis) -> Result<Vec<UserId>, StorageError> {
        use roster_application::Column;
        let ids: Vec<i64> = roster_application::Entity::find()
            .select_only()
            .column(Column::UserId)
            .filter(Column::AppId.eq(self.app()))
            .filter(Column::ApplicantId.eq(applicant.as_i64()))
            .filter(Column::Status.eq(ApplicationStatus::Pending as i16))
            .filter(Column::ExpiresAt.gt(now))
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        Ok(ids.into_iter().map(UserId::from_stored).collect())
    }

    async fn blockers_of(&self, user: UserId) -> Result<Vec<UserId>, StorageError> {
        let ids: Vec<i64> = block::Entity::find()
            .select_only()
            .column(block::Column::UserId)
            .filter(block::Column::AppId.eq(self.app()))
            .filter(block::Column::BlockedId.eq(user.as_i64()))
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        Ok(ids.into_iter().map(UserId::from_stored).collect())
    }

    fn app(&self) -> i32 {
        self.tx.app().0
    }

    async fn stored_item(&self, user: UserId, peer: UserId) -> Result<Option<roster_item::Model>, StorageError> {
        Ok(roster_item::Entity::find_by_id((self.app(), user.as_i64(), peer.as_i64())).one(self.tx.conn()).await?)
    }

    fn empty_item(&self, user: UserId, peer: UserId, at: Millis) -> roster_item::ActiveModel {
        roster_item::ActiveModel {
            app_id: Set(self.app()),
            user_id: Set(user.as_i64()),
            peer_id: Set(peer.as_i64()),
            relation: Set(Relation::Stranger as i16),
            alias: NotSet,
            ext: NotSet,
            mute_notification: Set(false),
            updated_at: Set(at),
        }
    }

    fn seal_text(&self, column: &'static str, key: &[u8], text: &str) -> Result<Option<Vec<u8>>, StorageError> {
        if text.is_empty() { Ok(None) } else { self.tx.seal(column, key, text).map(Some) }
    }

    fn unseal_text(&self, column: &'static str, key: &[u8], blob: Option<&[u8]>) -> Result<String, StorageError> {
        blob.map_or_else(|| Ok(String::new()), |blob| self.tx.unseal(column, key, blob))
    }

    fn open_item(&self, row: roster_item::Model) -> Result<RosterRow, StorageError> {
        let (user, peer) = (UserId::from_stored(row.user_id), UserId::from_stored(row.peer_id));
        let key = pair_key(user, peer);
        let relation = Relation::from_stored(row.relation)
            .ok_or_else(|| StorageError::Inconsistent { table: "roster_items", key: format!("{user}, {peer}") })?;
        Ok(RosterRow {
            peer,
            relation,
            alias: self.unseal_text(ALIAS, &key, row.alias.as_deref())?,
            ext: self.unseal_text(EXT, &key, row.ext.as_deref())?,
            mute_notification: row.mute_notification,
        })
    }

    fn open_application(&self, row: roster_application::Model) -> Result<ApplicationRow, StorageError> {
        let (target, applicant) = (UserId::from_stored(row.user_id), UserId::from_stored(row.applicant_id));
        let status = match row.status {
            0 => ApplicationStatus::Pending,
            1 => ApplicationStatus::Accepted,
            2 => ApplicationStatus::Declined,
            _ => {
                let key = format!("{target}, {applicant}");
                return Err(StorageError::Inconsistent { table: "roster_applications", key });
            }
        };
        Ok(ApplicationRow {
            applicant,
            reason: self.tx.unseal(REASON, &pair_key(target, applicant), &row.reason)?,
            status,
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    }
}

/// On a row that is there already, changes only these columns and the time.
fn item_conflict(changed: &[roster_item::Column]) -> OnConflict {
    use roster_item::Column;
    OnConflict::columns([Column::AppId, Column::UserId, Column::PeerId])
        .update_columns(changed.iter().copied().chain([Column::UpdatedAt]))
        .to_owned()
}

fn pair_key(user: UserId, peer: UserId) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&user.get().to_be_bytes());
    key[8..].copy_from_slice(&peer.get().to_be_bytes());
    key
}
