//! Groups and what hangs on them.

use std::collections::BTreeMap;

use cerulean_storage::group::GroupRow;
use cerulean_storage::group_file::GroupFileRow;
use cerulean_storage::group_member::{MemberFilter, OWNER};
use cerulean_storage::group_request::{RequestCursor, RequestKind, RequestStatus};
use cerulean_types::{GroupId, Millis};

use super::{PAGE, Run};
use crate::TransferError;
use crate::format::{
    Announcement, Group, GroupApplication, GroupBlock, GroupInvitation, Id, Member, Record, Role, SharedFile,
};

impl Run<'_> {
    /// First all groups, then what hangs on them, so that an import meets many lines of one type together.
    pub(super) async fn groups(&mut self) -> Result<(), TransferError> {
        for step in [GroupStep::Groups, GroupStep::Members, GroupStep::Around] {
            let mut after = None;
            loop {
                let page = self.tx().await?.groups().list_after(after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                for row in page {
                    match step {
                        GroupStep::Groups => self.group(row).await?,
                        GroupStep::Members => self.members(row.id).await?,
                        GroupStep::Around => self.around_group(row.id).await?,
                    }
                }
            }
        }
        Ok(())
    }

    async fn group(&mut self, row: GroupRow) -> Result<(), TransferError> {
        let mut line = group_line(row);
        if let Some(taken) = self.take_out(&line.avatar).await? {
            line.avatar.clear();
            (line.avatar_file, line.avatar_sha256) = (taken.path, taken.sha256);
        }
        self.write(Record::Group(Box::new(line))).await
    }

    async fn members(&mut self, group: GroupId) -> Result<(), TransferError> {
        let mut after = None;
        loop {
            let page = self.tx().await?.group_members().list(group, MemberFilter::All, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.user);
            for row in page {
                let role = match row.role {
                    0 => Role::Member,
                    OWNER => Role::Owner,
                    _ => Role::Admin,
                };
                let line = Member::of(
                    group.get().into(),
                    row.user.get().into(),
                    role,
                    row.ban_until,
                    row.display_name,
                    row.mute_mode,
                    row.push_mode,
                    row.not_disturb,
                    Some(row.joined_at),
                );
                self.write(Record::Member(Box::new(line))).await?;
            }
        }
    }

    async fn around_group(&mut self, group: GroupId) -> Result<(), TransferError> {
        let mut after = None;
        loop {
            let page = self.tx().await?.group_restrictions().list_blocked(group, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.user);
            for row in page {
                let line = GroupBlock::of(group.get().into(), row.user.get().into(), row.blocked_at);
                self.write(Record::GroupBlock(line)).await?;
            }
        }
        self.announcements_and_files(group).await?;
        let now = self.transfer.platform.clock.now();
        for kind in [RequestKind::Application, RequestKind::Invitation] {
            self.requests(group, kind, now).await?;
        }
        Ok(())
    }

    /// Both are numbered inside their group, and come in the order of their numbers.
    async fn announcements_and_files(&mut self, group: GroupId) -> Result<(), TransferError> {
        let tx = self.tx().await?;
        let mut lines: BTreeMap<i64, Record> = BTreeMap::new();
        for row in tx.group_announcements().list(group).await? {
            let (id, at) = ((row.id as u64).into(), Some(row.created_at));
            let line = Announcement::of(id, group.get().into(), row.author.get().into(), row.title, row.content, at);
            lines.insert(row.id, Record::Announcement(line));
        }
        for row in tx.group_files().list(group).await? {
            lines.insert(row.id, Record::SharedFile(Box::new(shared_file_line(row))));
        }
        drop(tx);
        for mut line in lines.into_values() {
            if let Record::SharedFile(shared) = &mut line
                && let Some(taken) = self.take_out(&shared.url).await?
            {
                shared.url.clear();
                (shared.file, shared.sha256) = (taken.path, taken.sha256);
            }
            self.write(line).await?;
        }
        Ok(())
    }

    /// Those that can still be answered.
    async fn requests(&mut self, group: GroupId, kind: RequestKind, now: Millis) -> Result<(), TransferError> {
        let mut after = None;
        loop {
            let tx = self.tx().await?;
            let requests = match kind {
                RequestKind::Application => tx.group_applications(),
                RequestKind::Invitation => tx.group_invitations(),
            };
            let page = requests.list_of_groups(&[group], after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(RequestCursor { updated_at: last.updated_at, group: last.group, user: last.user });
            for row in page.into_iter().filter(|row| row.status == RequestStatus::Pending && row.expires_at > now) {
                let (group, user): (Id, Id) = (group.get().into(), row.user.get().into());
                let line = match row.inviter {
                    None => Record::GroupApplication(GroupApplication::of(
                        group,
                        user,
                        row.reason,
                        row.updated_at,
                        row.expires_at,
                    )),
                    Some(inviter) => Record::GroupInvitation(GroupInvitation::of(
                        group,
                        inviter.get().into(),
                        user,
                        row.reason,
                        row.updated_at,
                        row.expires_at,
                    )),
                };
                self.write(line).await?;
            }
        }
    }
}

#[derive(Clone, Copy)]
enum GroupStep {
    Groups,
    Members,
    Around,
}

fn group_line(row: GroupRow) -> Group {
    Group::of(
        row.id.get().into(),
        row.owner.get().into(),
        row.kind,
        row.name,
        row.avatar,
        String::new(),
        String::new(),
        row.description,
        row.ext,
        row.capacity,
        row.apply_approval,
        row.member_invite,
        row.member_modify,
        row.read_ack,
        row.history_visible,
        row.hide_member_info,
        row.ban_all_until,
        Some(row.created_at),
    )
}

fn shared_file_line(row: GroupFileRow) -> SharedFile {
    SharedFile::of(
        (row.id as u64).into(),
        row.group.get().into(),
        row.uploader.get().into(),
        row.name,
        row.url,
        String::new(),
        String::new(),
        row.size,
        row.content_type,
        Some(row.created_at),
        (row.updated_at != row.created_at).then_some(row.updated_at),
    )
}
