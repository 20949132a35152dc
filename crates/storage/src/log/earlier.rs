//! What was said before a moment, as it was at that moment: what a device gets that came later. Messages only; what was done to them up to
//! then is folded in.

use cerulean_types::{AppId, ConversationKey, MessageId, StoredItem, UserId};
use sea_orm::{QueryResult, Value};

use super::Log;
use super::read::{Cursor, EditedMessage, ITEM_COLUMNS, int};
use crate::StorageError;

/// A part of a conversation and whose eyes see it: not what the user deleted for himself, nor what was recalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Conversation.
    pub key: ConversationKey,
    /// Who looks.
    pub user: UserId,
    /// The item before the first.
    pub after: MessageId,
    /// The last item.
    pub until: MessageId,
}

/// The newest messages of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Earlier {
    /// How many, up to the cap.
    pub count: u64,
    /// The item before the oldest of them; that at the end of the stretch when there are none.
    pub before: Cursor,
    /// The last item of the stretch, whatever it is.
    pub end: Cursor,
}

const IN_STRETCH: &str =
    "i.app_id = $1 and i.line = $2 and i.mid > $3 and i.mid <= $4 and i.kind = 1 and i.body is not null
     and not exists (select 1 from hidden_items h where h.app_id = $1 and h.user_id = $5 and h.line = $2 and h.mid = i.mid)";

fn values(app: AppId, line: i64, stretch: &Stretch, limit: usize) -> [Value; 6] {
    let Stretch { user, after, until, .. } = stretch;
    let (after, until) = (after.as_i64(), until.as_i64());
    [app.0.into(), line.into(), after.into(), until.into(), user.as_i64().into(), (limit as i64).into()]
}

fn cursor(row: &QueryResult, mid: &str, position: &str) -> Result<Option<Cursor>, StorageError> {
    let Some(found) = row.try_get::<Option<i64>>("", mid)? else { return Ok(None) };
    Ok(Some(Cursor { mid: MessageId::from_stored(found), position: int(row, position)? as u64 }))
}

impl Log {
    /// Where the newest messages of a stretch begin, `cap` at most.
    pub async fn find_earlier(&self, app: AppId, stretch: &Stretch, cap: usize) -> Result<Earlier, StorageError> {
        let Some(line) = self.find_line(app, stretch.key).await? else { return Ok(Earlier::default()) };
        let sql = format!(
            "with found as (select i.mid from items i where {IN_STRETCH} order by i.mid desc limit $6),
             counted as (select count(*) as n, min(mid) as oldest from found)
             select c.n, b.mid as before_mid, b.position as before_position, e.mid as end_mid, e.position as end_position
             from counted c
             left join items b on b.app_id = $1 and b.line = $2
                 and b.mid = (select max(p.mid) from items p where p.app_id = $1 and p.line = $2 and p.mid < c.oldest)
             left join items e on e.app_id = $1 and e.line = $2
                 and e.mid = (select max(p.mid) from items p where p.app_id = $1 and p.line = $2 and p.mid <= $4)"
        );
        let Some(row) = self.row(&sql, values(app, line, stretch, cap)).await? else { return Ok(Earlier::default()) };
        let count = int(&row, "n")? as u64;
        let end = cursor(&row, "end_mid", "end_position")?.unwrap_or_default();
        let before = match count {
            0 => end,
            _ => cursor(&row, "before_mid", "before_position")?.unwrap_or_default(),
        };
        Ok(Earlier { count, before, end })
    }

    /// The oldest messages of a stretch, ascending, with the edits made up to its end, and with `prev_mid` filled in.
    pub async fn earlier_messages(
        &self,
        app: AppId,
        stretch: &Stretch,
        limit: usize,
    ) -> Result<Vec<EditedMessage>, StorageError> {
        let Some(line) = self.find_line(app, stretch.key).await? else { return Ok(Vec::new()) };
        let sql = format!(
            "select {ITEM_COLUMNS}, (select max(p.mid) from items p where p.app_id = $1 and p.line = $2 and p.mid < i.mid) as prev_mid
             from items i where {IN_STRETCH} order by i.mid limit $6"
        );
        let cipher = self.0.vault.conversation_cipher(app, line)?;
        let rows = self.rows(&sql, values(app, line, stretch, limit)).await?;
        let mut messages = Vec::with_capacity(rows.len());
        for row in &rows {
            let prev_mid = row.try_get::<Option<i64>>("", "prev_mid")?;
            let prev_mid = prev_mid.map_or(MessageId(0), MessageId::from_stored);
            messages.push(StoredItem { prev_mid, ..Self::item(app, stretch.key, &cipher, row)? });
        }
        messages.reverse();
        let mut edited = self.with_edits(app, stretch.key, line, messages, stretch.until).await?;
        edited.reverse();
        Ok(edited)
    }
}
