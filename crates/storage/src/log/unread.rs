//! Many conversations of one user at once, in one statement each: where they stand, and what he has not read of them.

use std::collections::HashMap;
use std::fmt::Write;

use cerulean_types::{AppId, ConversationKey, MessageId, UserId, namespace};

use super::Log;
use super::read::{Cursor, LineHead, int};
use crate::StorageError;

/// One user's view of one conversation.
pub(super) type Seat = (AppId, UserId, i64);

/// What is known of a conversation that a user has read up to some place: nothing of others follows it for a while. That stays true
/// whatever happens to the messages; so who writes much and reads nothing is not counted through again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quiet {
    /// Up to here he had read.
    read: MessageId,
    /// Up to here, nothing of others follows it.
    until: MessageId,
}

/// Up to where a user has read a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLine {
    /// Conversation.
    pub key: ConversationKey,
    /// Up to here he has read, or nothing is shown.
    pub read: MessageId,
    /// Its newest item.
    pub head: MessageId,
}

/// A message of another that the user did not delete for himself. `$1` is the app, `$2` the user.
const OF_OTHERS: &str =
    "i.kind = 1 and i.body is not null and i.sender <> $2 and not exists (select 1 from hidden_items h
     where h.app_id = $1 and h.user_id = $2 and h.line = i.line and h.mid = i.mid)";

/// `(1, 2), (3, 4)`: plain numbers need no binding, and no database bounds their count.
fn pairs_of(pairs: impl IntoIterator<Item = (i64, i64)>) -> String {
    let mut text = String::new();
    for (one, other) in pairs {
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{comma}({one}, {other})");
    }
    text
}

impl Log {
    /// Where conversations stand; empty ones are left out.
    pub async fn heads(
        &self,
        app: AppId,
        keys: &[ConversationKey],
    ) -> Result<HashMap<ConversationKey, LineHead>, StorageError> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = format!(
            "with wanted (a, b) as (values {})
             select l.line, l.a, l.b, i.mid, i.position from wanted w
             cross join lines l cross join items i
             where l.app_id = $1 and l.a = w.a and l.b = w.b and i.app_id = $1 and i.line = l.line
             and i.mid = (select max(n.mid) from items n where n.app_id = $1 and n.line = l.line)",
            pairs_of(keys.iter().map(|key| key.as_columns()))
        );
        let mut heads = HashMap::with_capacity(keys.len());
        for row in &self.rows(&sql, [app.0.into()]).await? {
            let key = ConversationKey::from_columns(int(row, "a")?, int(row, "b")?);
            self.0.lines.insert((app, key), int(row, "line")?);
            let mid = MessageId::from_stored(int(row, "mid")?);
            heads.insert(key, LineHead { mid, position: int(row, "position")? as u64 });
        }
        Ok(heads)
    }

    /// Messages of others after where the user has read, counted up to `cap` in each conversation; those without any are left out.
    pub async fn count_unread(
        &self,
        app: AppId,
        user: UserId,
        lines: &[ReadLine],
        cap: usize,
    ) -> Result<HashMap<ConversationKey, usize>, StorageError> {
        let mut wanted = HashMap::with_capacity(lines.len());
        for line in lines.iter().filter(|line| line.read < line.head) {
            if let Some(number) = self.find_line(app, line.key).await? {
                wanted.insert(number, *line);
            }
        }
        wanted.retain(|number, line| self.quiet_until(app, user, *number, *line) < line.head);
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let starts =
            wanted.iter().map(|(number, line)| (*number, self.quiet_until(app, user, *number, *line).as_i64()));
        let sql = format!(
            "with wanted (line, since) as (values {}),
             begun as materialized (select w.line, (select i.mid from items i where i.app_id = $1 and i.line = w.line
                 and i.mid > w.since and {OF_OTHERS} order by i.mid limit 1) as begin_mid from wanted w)
             select b.line, b.begin_mid, (select count(*) from (select 1 from items i where i.app_id = $1 and i.line = b.line
                 and i.mid >= b.begin_mid and {OF_OTHERS} limit $3) as others) as n
             from begun b where b.begin_mid is not null",
            pairs_of(starts)
        );
        let values = [app.0.into(), user.as_i64().into(), (cap as i64).into()];
        let mut counts = HashMap::new();
        for row in &self.rows(&sql, values).await? {
            let number = int(row, "line")?;
            let Some(line) = wanted.remove(&number) else { continue };
            let first = MessageId::from_stored(int(row, "begin_mid")?);
            let until = MessageId(first.0.saturating_sub(1));
            self.0.quiet.insert((app, user, number), Quiet { read: line.read, until });
            counts.insert(line.key, int(row, "n")? as usize);
        }
        for (number, line) in wanted {
            self.0.quiet.insert((app, user, number), Quiet { read: line.read, until: line.head });
        }
        Ok(counts)
    }

    /// From where on something of others may follow.
    fn quiet_until(&self, app: AppId, user: UserId, number: i64, line: ReadLine) -> MessageId {
        match self.0.quiet.get(&(app, user, number)) {
            Some(quiet) if quiet.read <= line.read => quiet.until.max(line.read),
            _ => line.read,
        }
    }

    /// Items after a cursor that are no messages of others, in each conversation; those without any are left out.
    pub async fn count_unwithheld(
        &self,
        app: AppId,
        user: UserId,
        lines: &[(ConversationKey, Cursor)],
    ) -> Result<HashMap<ConversationKey, u64>, StorageError> {
        let mut keys = HashMap::with_capacity(lines.len());
        let mut starts = Vec::with_capacity(lines.len());
        for (key, cursor) in lines {
            if let Some(number) = self.find_line(app, *key).await? {
                keys.insert(number, *key);
                starts.push((number, cursor.mid.as_i64()));
            }
        }
        if starts.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = format!(
            "with wanted (line, since) as (values {})
             select w.line, count(*) as n from wanted w cross join items i
             where i.app_id = $1 and i.line = w.line and i.mid > w.since and (i.namespace <> $3 or i.sender = $2)
             group by w.line",
            pairs_of(starts)
        );
        let values = [app.0.into(), user.as_i64().into(), i64::from(namespace::MESSAGE).into()];
        let mut counts = HashMap::new();
        for row in &self.rows(&sql, values).await? {
            if let Some(key) = keys.get(&int(row, "line")?) {
                counts.insert(*key, int(row, "n")? as u64);
            }
        }
        Ok(counts)
    }
}
