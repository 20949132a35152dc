//! Groups and their members.

use std::collections::{BTreeMap, HashSet};

use cerulean_bus::{BusEvent, GroupChange};
use cerulean_delivery::Ctx;
use cerulean_storage::StorageError;
use cerulean_storage::external_id::ExternalKind;
use cerulean_storage::group::GroupRow;
use cerulean_storage::group_member::{MemberFilter, MemberRow, OWNER};
use cerulean_types::{GroupId, UserId, limits};

use super::known::Gone;
use super::{Entry, Run, check_chars, check_time, unknown_group, unknown_user};
use crate::TransferError;
use crate::format::{FileUse, Group, Id, Member, Record, Role};

/// Lines of one transaction.
const CHUNK: usize = 4000;

/// Members on their way into groups, each once.
type Joining = BTreeMap<GroupId, BTreeMap<UserId, MemberRow>>;

impl Run<'_> {
    pub(super) async fn take_groups(&mut self, entries: Vec<Entry<Record>>) -> Result<(), TransferError> {
        for chunk in chunks(entries) {
            let chunk = self.take_in_group_pictures(chunk).await?;
            let mut ctx = self.ctx().await?;
            let groups: Vec<&Group> = chunk.iter().filter_map(|entry| group_of(&entry.record)).collect();
            let wanted: Vec<GroupId> = groups.iter().filter_map(|group| wanted_id(&group.id)).collect();
            self.ids.load_groups(&ctx.tx, groups.iter().map(|group| &group.id).collect()).await?;
            self.ids.load_users(&ctx.tx, groups.iter().map(|group| &group.owner).collect()).await?;
            let given = ctx.tx.groups().find_many(&wanted).await?;
            let mut given: HashSet<GroupId> = given.into_iter().map(|row| row.id).collect();
            let mut numbers = Vec::new();
            for Entry { origin, record } in chunk {
                let Record::Group(group) = record else { continue };
                if self.ids.group(&group.id).is_some() {
                    self.tally(origin.word).repeated += 1;
                    continue;
                }
                let free = wanted_id(&group.id).filter(|id| !given.contains(id));
                let id = free.unwrap_or_else(|| GroupId::random(&mut ctx.rng()));
                match self.group_row(&ctx, id, &group) {
                    Err(reason) => self.reject(origin, reason).await?,
                    Ok(row) => {
                        given.insert(id);
                        self.add_group(&mut ctx, &row).await?;
                        numbers.push((group.id.0.clone(), id.as_i64()));
                        self.tally(origin.word).imported += 1;
                        self.ids.learn_group(group.id, id);
                    }
                }
            }
            if !self.options.is_dry {
                let numbers: Vec<(&str, i64)> = numbers.iter().map(|(id, number)| (id.as_str(), *number)).collect();
                ctx.tx.external_ids().insert_many(ExternalKind::Group, &self.ids.source, &numbers).await?;
                ctx.commit().await?;
            }
        }
        Ok(())
    }

    /// As for users.
    async fn take_in_group_pictures(&mut self, chunk: Vec<Entry<Record>>) -> Result<Vec<Entry<Record>>, TransferError> {
        let tx = self.transfer.platform.db.read(self.app).await?;
        let ids = chunk.iter().filter_map(|entry| group_of(&entry.record)).map(|group| &group.id).collect();
        self.ids.load_groups(&tx, ids).await?;
        drop(tx);
        let mut kept = Vec::with_capacity(chunk.len());
        for mut entry in chunk {
            if let Record::Group(group) = &mut entry.record {
                let is_known = self.ids.group(&group.id).is_some();
                let picture = (group.avatar_file.as_str(), group.avatar_sha256.as_str());
                match self.take_in_picture(picture, FileUse::GroupPicture, is_known).await {
                    Err(reason) => {
                        self.reject(entry.origin, reason).await?;
                        continue;
                    }
                    Ok(Some(url)) => group.avatar = url,
                    Ok(None) => {}
                }
            }
            kept.push(entry);
        }
        Ok(kept)
    }

    async fn add_group(&self, ctx: &mut Ctx, row: &GroupRow) -> Result<(), StorageError> {
        if self.options.is_dry {
            return Ok(());
        }
        ctx.tx.groups().insert(row).await?;
        ctx.tx.group_members().insert(row.id, &[row.owner], OWNER, row.created_at).await?;
        self.emit_remade(ctx, row.id).await
    }

    /// What was known of a group is void.
    async fn emit_remade(&self, ctx: &mut Ctx, group: GroupId) -> Result<(), StorageError> {
        let version = ctx.tx.groups().raise_version(group).await?;
        ctx.emit(BusEvent::GroupChanged { app: self.app, group, version, change: GroupChange::Remade });
        Ok(())
    }

    fn group_row(&self, ctx: &Ctx, id: GroupId, group: &Group) -> Result<GroupRow, String> {
        let owner = self.ids.user(&group.owner).ok_or_else(|| unknown_user(&group.owner))?;
        check_chars("name", &group.name, limits::NAME_CHARS)?;
        for (field, text) in [("avatar", &group.avatar), ("description", &group.description), ("ext", &group.ext)] {
            check_chars(field, text, limits::FREE_TEXT_CHARS)?;
        }
        if group.kind > 3 || group.apply_approval > 2 {
            return Err("kind goes from 0 to 3, apply_approval from 0 to 2".into());
        }
        let created_at = group.at.unwrap_or(ctx.now());
        check_time(created_at, ctx.now())?;
        Ok(GroupRow {
            id,
            owner,
            kind: group.kind,
            status: 0,
            member_count: 1,
            capacity: group.capacity.map(|most| most.clamp(1, i64::MAX as u64)),
            name: group.name.clone(),
            avatar: group.avatar.clone(),
            description: group.description.clone(),
            ext: group.ext.clone(),
            apply_approval: group.apply_approval,
            member_invite: group.member_invite,
            member_modify: group.member_modify,
            read_ack: group.read_ack,
            history_visible: group.history_visible,
            hide_member_info: group.hide_member_info,
            ban_all_until: group.ban_all_until.max(0),
            created_at,
            updated_at: created_at,
        })
    }

    pub(super) async fn take_members(&mut self, entries: Vec<Entry<Record>>) -> Result<(), TransferError> {
        for chunk in chunks(entries) {
            let mut ctx = self.ctx().await?;
            let members: Vec<&Member> = chunk.iter().filter_map(|entry| member_of(&entry.record)).collect();
            let groups: Vec<&Id> = members.iter().map(|member| &member.group).collect();
            let users: Vec<&Id> = members.iter().map(|member| &member.user).collect();
            self.ids.load_groups(&ctx.tx, groups.clone()).await?;
            self.ids.load_users(&ctx.tx, users.clone()).await?;
            let gone = self.gone(&ctx.tx, &users, &groups).await?;
            let mut known = self.known_lines(&ctx.tx, &chunk).await?;
            let mut joining = Joining::new();
            for Entry { origin, record } in chunk {
                let name = self.line_name(&record);
                let Record::Member(member) = record else { continue };
                if name.as_ref().is_some_and(|name| known.has(name)) {
                    self.tally(origin.word).repeated += 1;
                    continue;
                }
                match self.add_member(&mut joining, &gone, &member) {
                    Ok(()) => {
                        self.tally(origin.word).imported += 1;
                        known.add(name);
                    }
                    Err(reason) => self.reject(origin, reason).await?,
                }
            }
            if self.options.is_dry {
                continue;
            }
            for (group, members) in joining {
                ctx.tx.group_members().merge(group, &Vec::from_iter(members.into_values())).await?;
                let count = ctx.tx.group_members().count(group, MemberFilter::All).await?;
                ctx.tx.groups().set_member_count(group, count).await?;
                self.emit_remade(&mut ctx, group).await?;
            }
            known.store(&ctx.tx).await?;
            ctx.commit().await?;
        }
        Ok(())
    }

    fn add_member(&self, joining: &mut Joining, gone: &Gone, member: &Member) -> Result<(), String> {
        let (group, user) = self.group_and_user(gone, &member.group, &member.user)?;
        gone.check_user(user, &member.user)?;
        check_chars("display_name", &member.display_name, limits::NAME_CHARS)?;
        if member.mute_mode > 2 || member.push_mode > 4 {
            return Err("mute_mode goes from 0 to 2, push_mode from 0 to 4".into());
        }
        let joined_at = member.at.unwrap_or(self.now());
        check_time(joined_at, self.now())?;
        let row = MemberRow {
            user,
            // Who owns the group is said by the group, and its owner is in it already.
            role: if member.role == Role::Owner { 0 } else { member.role as u8 },
            ban_until: member.ban_until.max(0),
            joined_at,
            display_name: member.display_name.clone(),
            mute_mode: member.mute_mode,
            push_mode: member.push_mode,
            not_disturb: member.not_disturb,
        };
        joining.entry(group).or_default().entry(user).or_insert(row);
        Ok(())
    }

    /// A group that is still there, and a user.
    pub(super) fn group_and_user(&self, gone: &Gone, group: &Id, user: &Id) -> Result<(GroupId, UserId), String> {
        let found = self.ids.group(group).ok_or_else(|| unknown_group(group))?;
        gone.check_group(found, group)?;
        let user = self.ids.user(user).ok_or_else(|| unknown_user(user))?;
        Ok((found, user))
    }
}

fn group_of(record: &Record) -> Option<&Group> {
    if let Record::Group(group) = record { Some(group) } else { None }
}

fn member_of(record: &Record) -> Option<&Member> {
    if let Record::Member(member) = record { Some(member) } else { None }
}

fn wanted_id(id: &Id) -> Option<GroupId> {
    id.number().and_then(|number| GroupId::parse(number).ok())
}

pub(super) fn chunks(entries: Vec<Entry<Record>>) -> impl Iterator<Item = Vec<Entry<Record>>> {
    let mut rest = entries.into_iter();
    std::iter::from_fn(move || {
        let chunk: Vec<Entry<Record>> = rest.by_ref().take(CHUNK).collect();
        (!chunk.is_empty()).then_some(chunk)
    })
}
