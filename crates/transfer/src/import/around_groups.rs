//! What hangs on groups: who may not come in, announcements, shared files, requests that wait for an answer.

use cerulean_delivery::Ctx;
use cerulean_storage::StorageError;
use cerulean_storage::external_id::ExternalKind;
use cerulean_storage::group_announcement::AnnouncementRow;
use cerulean_storage::group_file::GroupFileRow;
use cerulean_storage::group_request::{GroupRequestRow, GroupRequests, RequestStatus};
use cerulean_types::{GroupId, Millis, UserId, limits};

use super::groups::chunks;
use super::known::Gone;
use super::{Entry, Run, check_chars, check_request, check_time};
use crate::TransferError;
use crate::format::{Announcement, ContentType, FileUse, GroupBlock, Id, Record, SharedFile};

/// Longest name of a shared file, in characters.
const FILE_NAME_CHARS: usize = 255;

/// Whether something is new, or why it is not let in.
type Taken = Result<bool, String>;

impl Run<'_> {
    pub(super) async fn take_around_groups(&mut self, entries: Vec<Entry<Record>>) -> Result<(), TransferError> {
        for chunk in chunks(entries) {
            let ctx = self.ctx().await?;
            let groups = chunk.iter().filter_map(|entry| group_of(&entry.record)).collect();
            let users = chunk.iter().flat_map(|entry| users_of(&entry.record)).flatten().collect();
            self.ids.load_groups(&ctx.tx, groups).await?;
            self.ids.load_users(&ctx.tx, users).await?;
            drop(ctx);
            let chunk = self.take_in_shared_files(chunk).await?;
            let ctx = self.ctx().await?;
            let (lines, files): (Vec<Entry<Record>>, Vec<_>) = chunk.into_iter().unzip();
            let groups: Vec<&Id> = lines.iter().filter_map(|line| group_of(&line.record)).collect();
            let users: Vec<&Id> = lines.iter().flat_map(|line| users_of(&line.record)).flatten().collect();
            let gone = self.gone(&ctx.tx, &users, &groups).await?;
            let mut known = self.known_lines(&ctx.tx, &lines).await?;
            for (Entry { origin, record }, file) in lines.into_iter().zip(files) {
                let name = self.line_name(&record);
                let outcome = if name.as_ref().is_some_and(|name| known.has(name)) {
                    Ok(false)
                } else {
                    self.take_around(&ctx, &gone, &record, file).await?
                };
                match outcome {
                    Ok(is_new) => {
                        let tally = self.tally(origin.word);
                        *(if is_new { &mut tally.imported } else { &mut tally.repeated }) += 1;
                        known.add(name);
                    }
                    Err(reason) => self.reject(origin, reason).await?,
                }
            }
            if !self.options.is_dry {
                known.store(&ctx.tx).await?;
                ctx.commit().await?;
            }
        }
        Ok(())
    }

    async fn take_around(
        &self,
        ctx: &Ctx,
        gone: &Gone,
        record: &Record,
        file: Result<Option<String>, String>,
    ) -> Result<Taken, StorageError> {
        match (file, record) {
            (Err(reason), _) => Ok(Err(reason)),
            (Ok(_), Record::GroupBlock(record)) => self.keep_out(ctx, gone, record).await,
            (Ok(_), Record::Announcement(record)) => self.announce(ctx, gone, record).await,
            (Ok(url), Record::SharedFile(record)) => self.share(ctx, gone, record, url).await,
            _ => self.ask(ctx, gone, record).await,
        }
    }

    /// Takes in the files beside the dump before anything is written, because that takes its time; each entry comes with the address of
    /// its file, or why there is none.
    async fn take_in_shared_files(
        &self,
        chunk: Vec<Entry<Record>>,
    ) -> Result<Vec<(Entry<Record>, Result<Option<String>, String>)>, TransferError> {
        let mut all = Vec::with_capacity(chunk.len());
        for entry in chunk {
            let file = match &entry.record {
                Record::SharedFile(shared) if !shared.file.is_empty() => self.shared_content(shared).await?,
                _ => Ok(None),
            };
            all.push((entry, file));
        }
        Ok(all)
    }

    async fn shared_content(&self, shared: &SharedFile) -> Result<Result<Option<String>, String>, TransferError> {
        let path = match self.file_beside(&shared.file, &shared.sha256).await {
            Ok(path) => path,
            Err(reason) => return Ok(Err(reason)),
        };
        let tx = self.transfer.platform.db.read(self.app).await?;
        if self.options.is_dry || self.is_known(&tx, ExternalKind::SharedFile, &shared.group, &shared.id).await? {
            return Ok(Ok(None));
        }
        let gone = self.gone(&tx, &[], &[&shared.group]).await?;
        if self.ids.group(&shared.group).is_some_and(|group| gone.has_group(group)) {
            return Ok(Ok(None));
        }
        drop(tx);
        let Some(uploader) = self.ids.user(&shared.from) else { return Ok(Ok(None)) };
        let neighbours = &self.transfer.neighbours;
        let stored = neighbours.store_file(self.app, Some(uploader), &path, FileUse::Content(ContentType::File)).await;
        Ok(stored.map(Some).map_err(|reason| format!("{}: {reason}", shared.file)))
    }

    /// Whether something that is numbered inside a group came along before.
    async fn is_known(
        &self,
        tx: &cerulean_storage::Tx,
        kind: ExternalKind,
        group: &Id,
        id: &Id,
    ) -> Result<bool, StorageError> {
        let name = name_in(group, id);
        Ok(!tx.external_ids().find_many(kind, &self.ids.source, &[name.as_str()]).await?.is_empty())
    }

    async fn keep_out(&self, ctx: &Ctx, gone: &Gone, record: &GroupBlock) -> Result<Taken, StorageError> {
        let (group, user) = match self.group_and_user(gone, &record.group, &record.user) {
            Ok(both) => both,
            Err(reason) => return Ok(Err(reason)),
        };
        if !self.options.is_dry {
            let at = record.at.unwrap_or(self.now()).max(1);
            ctx.tx.group_restrictions().block(group, &[user], at).await?;
        }
        Ok(Ok(true))
    }

    async fn announce(&self, ctx: &Ctx, gone: &Gone, record: &Announcement) -> Result<Taken, StorageError> {
        let checked = check_chars("title", &record.title, limits::NAME_CHARS)
            .and_then(|()| check_chars("content", &record.content, limits::FREE_TEXT_CHARS))
            .and_then(|()| check_time(record.at.unwrap_or(0), ctx.now()));
        if let Err(reason) = checked {
            return Ok(Err(reason));
        }
        if self.is_known(&ctx.tx, ExternalKind::Announcement, &record.group, &record.id).await? {
            return Ok(Ok(false));
        }
        let (group, author) = match self.group_and_user(gone, &record.group, &record.from) {
            Ok(both) => both,
            Err(reason) => return Ok(Err(reason)),
        };
        if !self.options.is_dry {
            let id = self.number(ctx, ExternalKind::Announcement, group, (&record.group, &record.id)).await?;
            let row = AnnouncementRow {
                id,
                group,
                author,
                title: record.title.clone(),
                content: record.content.clone(),
                created_at: record.at.unwrap_or(ctx.now()),
            };
            ctx.tx.group_announcements().insert(&row).await?;
        }
        Ok(Ok(true))
    }

    async fn share(
        &self,
        ctx: &Ctx,
        gone: &Gone,
        record: &SharedFile,
        url: Option<String>,
    ) -> Result<Taken, StorageError> {
        if let Err(reason) = check_shared(record, ctx.now()) {
            return Ok(Err(reason));
        }
        if self.is_known(&ctx.tx, ExternalKind::SharedFile, &record.group, &record.id).await? {
            return Ok(Ok(false));
        }
        let (group, uploader) = match self.group_and_user(gone, &record.group, &record.from) {
            Ok(both) => both,
            Err(reason) => return Ok(Err(reason)),
        };
        if !self.options.is_dry {
            let id = self.number(ctx, ExternalKind::SharedFile, group, (&record.group, &record.id)).await?;
            let created_at = record.at.unwrap_or(ctx.now());
            let row = GroupFileRow {
                id,
                group,
                uploader,
                name: record.name.clone(),
                url: url.unwrap_or_else(|| record.url.clone()),
                content_type: record.content_type.clone(),
                size: record.size,
                created_at,
                updated_at: record.changed_at.unwrap_or(created_at),
            };
            ctx.tx.group_files().insert(&row).await?;
        }
        Ok(Ok(true))
    }

    /// Numbers something inside its group, as the source does where that number is free.
    async fn number(
        &self,
        ctx: &Ctx,
        kind: ExternalKind,
        group: GroupId,
        (group_id, id): (&Id, &Id),
    ) -> Result<i64, StorageError> {
        let wanted = id.number().map(|number| number as i64);
        let number = ctx.tx.groups().take_number(group, wanted).await?;
        let name = name_in(group_id, id);
        ctx.tx.external_ids().insert_many(kind, &self.ids.source, &[(name.as_str(), number)]).await?;
        Ok(number)
    }

    /// An application or an invitation.
    async fn ask(&self, ctx: &Ctx, gone: &Gone, record: &Record) -> Result<Taken, StorageError> {
        let (requests, row) = match self.request_of(ctx, gone, record) {
            Ok(both) => both,
            Err(reason) => return Ok(Err(reason)),
        };
        let is_member = ctx.tx.group_members().find_for_view(row.group, row.user).await?.is_some();
        if is_member || requests.find(row.group, row.user).await?.is_some() {
            return Ok(Ok(false));
        }
        if !self.options.is_dry {
            requests.put(&row).await?;
        }
        Ok(Ok(true))
    }

    fn request_of<'c>(
        &self,
        ctx: &'c Ctx,
        gone: &Gone,
        record: &Record,
    ) -> Result<(GroupRequests<'c>, GroupRequestRow), String> {
        let row = |(group, user): (GroupId, UserId), inviter, reason: &str, at: Millis, expires_at| {
            let (reason, status) = (reason.to_owned(), RequestStatus::Pending);
            GroupRequestRow { group, user, inviter, reason, status, expires_at, updated_at: at }
        };
        match record {
            Record::GroupApplication(record) => {
                check_request(&record.reason, record.at, record.expires_at, ctx.now())?;
                let asked = self.group_and_user(gone, &record.group, &record.from)?;
                gone.check_user(asked.1, &record.from)?;
                Ok((ctx.tx.group_applications(), row(asked, None, &record.reason, record.at, record.expires_at)))
            }
            Record::GroupInvitation(record) => {
                check_request(&record.reason, record.at, record.expires_at, ctx.now())?;
                let asked = self.group_and_user(gone, &record.group, &record.to)?;
                gone.check_user(asked.1, &record.to)?;
                let (_, inviter) = self.group_and_user(gone, &record.group, &record.from)?;
                let row = row(asked, Some(inviter), &record.reason, record.at, record.expires_at);
                Ok((ctx.tx.group_invitations(), row))
            }
            _ => Err("it is no request".into()),
        }
    }
}

fn check_shared(record: &SharedFile, now: Millis) -> Result<(), String> {
    check_chars("name", &record.name, FILE_NAME_CHARS)?;
    check_chars("content_type", &record.content_type, FILE_NAME_CHARS)?;
    check_chars("url", &record.url, limits::FREE_TEXT_CHARS)?;
    if record.name.trim().is_empty() || record.name.contains(['/', '\\', '\0']) {
        return Err("name is empty or names a path".into());
    }
    let is_web = record.url.starts_with("https://") || record.url.starts_with("http://");
    let is_local = record.url.starts_with('/') && !record.url.starts_with("//");
    if record.file.is_empty() && !is_web && !is_local {
        return Err("it has neither file nor a url that is an http or https address".into());
    }
    if record.size > i64::MAX as u64 {
        return Err("size is too large".into());
    }
    check_time(record.at.unwrap_or(0), now)?;
    check_time(record.changed_at.unwrap_or(0), now)
}

/// Announcements and shared files are numbered inside their group.
fn name_in(group: &Id, id: &Id) -> String {
    format!("{group}\n{id}")
}

fn group_of(record: &Record) -> Option<&Id> {
    match record {
        Record::GroupBlock(record) => Some(&record.group),
        Record::Announcement(record) => Some(&record.group),
        Record::SharedFile(record) => Some(&record.group),
        Record::GroupApplication(record) => Some(&record.group),
        Record::GroupInvitation(record) => Some(&record.group),
        _ => None,
    }
}

fn users_of(record: &Record) -> [Option<&Id>; 2] {
    match record {
        Record::GroupBlock(record) => [Some(&record.user), None],
        Record::Announcement(record) => [Some(&record.from), None],
        Record::SharedFile(record) => [Some(&record.from), None],
        Record::GroupApplication(record) => [Some(&record.from), None],
        Record::GroupInvitation(record) => [Some(&record.from), Some(&record.to)],
        _ => [None, None],
    }
}
