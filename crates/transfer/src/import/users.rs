//! Users. An id of the source is taken over where it is one of ours and free; a name, phone number or address belongs to one user.

use std::collections::HashSet;

use cerulean_storage::StorageError;
use cerulean_storage::external_id::ExternalKind;
use cerulean_storage::user::{PastUser, Profile, TakenKey, UserStatus};
use cerulean_types::{Millis, UserId, limits, normal_mobile};
use cerulean_vault::password;

use super::{Entry, Run, check_bytes, check_chars, check_time};
use crate::TransferError;
use crate::format::{FileUse, Record, User};

/// Users of one transaction.
const CHUNK: usize = 1000;
/// Longest picture address, in bytes.
const AVATAR_BYTES: usize = 2048;
/// Somebody may register a name while it is being imported; the chunk is then looked at anew.
const TRIES: usize = 3;

enum Verdict {
    Add(Box<PastUser>),
    Bury(UserId, Millis),
    Link(UserId),
    Repeat,
    Reject(String),
}

impl Run<'_> {
    pub(super) async fn take_users(&mut self, entries: Vec<Entry<Record>>) -> Result<(), TransferError> {
        let mut rest = entries.into_iter();
        loop {
            let chunk: Vec<Entry<User>> = rest.by_ref().filter_map(user_of).take(CHUNK).collect();
            if chunk.is_empty() {
                return Ok(());
            }
            let chunk = self.take_in_pictures(chunk).await?;
            let verdicts = self.add_users(&chunk).await?;
            for (entry, verdict) in chunk.into_iter().zip(verdicts) {
                match verdict {
                    Verdict::Add(user) => {
                        self.tally("user").imported += 1;
                        self.ids.learn_user(entry.record.id, user.id);
                    }
                    Verdict::Bury(user, _) => {
                        self.tally("user").imported += 1;
                        self.ids.learn_user(entry.record.id, user);
                    }
                    Verdict::Link(user) => {
                        self.tally("user").repeated += 1;
                        self.ids.learn_user(entry.record.id, user);
                    }
                    Verdict::Repeat => self.tally("user").repeated += 1,
                    Verdict::Reject(reason) => self.reject(entry.origin, reason).await?,
                }
            }
        }
    }

    /// Takes in pictures before anything is written, because that takes its time; leaves out users whose picture is no good.
    async fn take_in_pictures(&mut self, chunk: Vec<Entry<User>>) -> Result<Vec<Entry<User>>, TransferError> {
        let tx = self.transfer.platform.db.read(self.app).await?;
        self.ids.load_users(&tx, chunk.iter().map(|entry| &entry.record.id).collect()).await?;
        drop(tx);
        let mut kept = Vec::with_capacity(chunk.len());
        for mut entry in chunk {
            let user = &entry.record;
            // Whoever is not let in needs no picture.
            let is_passed = self.ids.user(&user.id).is_some() || self.check_user(user).is_err();
            let picture = (user.avatar_file.as_str(), user.avatar_sha256.as_str());
            match self.take_in_picture(picture, FileUse::UserPicture, is_passed).await {
                Err(reason) => {
                    self.reject(entry.origin, reason).await?;
                    continue;
                }
                Ok(Some(url)) => entry.record.avatar = url,
                Ok(None) => {}
            }
            kept.push(entry);
        }
        Ok(kept)
    }

    async fn add_users(&mut self, chunk: &[Entry<User>]) -> Result<Vec<Verdict>, StorageError> {
        for _ in 1..TRIES {
            match self.try_add_users(chunk).await {
                Err(error) if error.is_duplicate() => {}
                outcome => return outcome,
            }
        }
        self.try_add_users(chunk).await
    }

    async fn try_add_users(&mut self, chunk: &[Entry<User>]) -> Result<Vec<Verdict>, StorageError> {
        let ctx = self.ctx().await?;
        self.ids.load_users(&ctx.tx, chunk.iter().map(|entry| &entry.record.id).collect()).await?;
        let wanted: Vec<UserId> = chunk.iter().filter_map(|entry| wanted_id(&entry.record)).collect();
        let mut given: HashSet<UserId> = ctx.tx.users().given(&wanted).await?.into_iter().collect();
        let removed: HashSet<UserId> = ctx.tx.users().removed_among(&wanted).await?.into_iter().collect();
        let profiles: Vec<Profile> = chunk.iter().map(|entry| profile_of(&entry.record)).collect();
        let taken = ctx.tx.users().taken_keys(&profiles.iter().collect::<Vec<_>>()).await?;
        let (mut seen, mut keys) = (HashSet::new(), HashSet::new());
        let mut verdicts = Vec::with_capacity(chunk.len());
        for ((entry, profile), taken) in chunk.iter().zip(profiles).zip(taken) {
            let user = &entry.record;
            let is_known = self.ids.user(&user.id).is_some() || !seen.insert(&user.id);
            let verdict = if is_known {
                Verdict::Repeat
            } else if let Err(reason) = self.check_user(user) {
                Verdict::Reject(reason)
            } else if let Some(id) = wanted_id(user).filter(|id| user.removed && removed.contains(id)) {
                // He was exported from this very app.
                Verdict::Link(id)
            } else if let Some(taken) = taken {
                self.judge_taken(user, taken)
            } else if let Some(field) = taken_in_chunk(&mut keys, &profile) {
                Verdict::Reject(format!("its {field} is that of a user before it"))
            } else {
                let free = wanted_id(user).filter(|id| !given.contains(id));
                let id = free.unwrap_or_else(|| UserId::random(&mut ctx.rng()));
                given.insert(id);
                let created_at = user.at.unwrap_or(ctx.now());
                if user.removed {
                    verdicts.push(Verdict::Bury(id, created_at));
                    continue;
                }
                Verdict::Add(Box::new(PastUser {
                    id,
                    status: if user.frozen { UserStatus::Frozen } else { UserStatus::Normal },
                    profile,
                    settings: user.settings.clone(),
                    password_hash: user.password_hash.clone(),
                    created_at,
                }))
            };
            verdicts.push(verdict);
        }
        if self.options.is_dry {
            return Ok(verdicts);
        }
        let (mut added, mut buried, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        for (entry, verdict) in chunk.iter().zip(&verdicts) {
            match verdict {
                Verdict::Add(user) => {
                    numbers.push((entry.record.id.0.as_str(), user.id.as_i64()));
                    added.push((**user).clone());
                }
                Verdict::Bury(user, at) => {
                    numbers.push((entry.record.id.0.as_str(), user.as_i64()));
                    buried.push((*user, *at));
                }
                Verdict::Link(user) => numbers.push((entry.record.id.0.as_str(), user.as_i64())),
                Verdict::Repeat | Verdict::Reject(_) => {}
            }
        }
        ctx.tx.users().insert_many(&added).await?;
        ctx.tx.users().insert_removed(&buried).await?;
        ctx.tx.external_ids().insert_many(ExternalKind::User, &self.ids.source, &numbers).await?;
        ctx.commit().await?;
        Ok(verdicts)
    }

    /// The same id and the same name are the same user: he was exported from this very app.
    fn judge_taken(&self, user: &User, taken: TakenKey) -> Verdict {
        let is_name = taken.field == "username";
        if is_name && (self.options.links_by_name || wanted_id(user) == Some(taken.by)) {
            return Verdict::Link(taken.by);
        }
        let advice = if is_name { "; --link-by-name makes this one stand for him" } else { "" };
        Verdict::Reject(format!("its {} belongs to another user of the app{advice}", taken.field))
    }

    fn check_user(&self, user: &User) -> Result<(), String> {
        let neighbours = &self.transfer.neighbours;
        let has_more = user.frozen || !user.password_hash.is_empty() || profile_of(user) != Profile::default();
        if user.removed && has_more {
            return Err("a removed user has an id and nothing else".into());
        }
        if !user.username.is_empty() {
            neighbours.check_username(&user.username).map_err(|reason| format!("username: {reason}"))?;
        }
        check_chars("nick_name", &user.nick_name, limits::NAME_CHARS)?;
        check_bytes("avatar", &user.avatar, AVATAR_BYTES)?;
        for (field, text) in [
            ("description", &user.description),
            ("public_info", &user.public_info),
            ("private_info", &user.private_info),
        ] {
            check_chars(field, text, limits::FREE_TEXT_CHARS)?;
        }
        if !user.mobile.is_empty() && normal_mobile(&user.mobile).is_none() {
            return Err("mobile is no phone number".into());
        }
        if !user.email.is_empty() && !neighbours.is_email(&user.email) {
            return Err("email is no e-mail address".into());
        }
        if !user.password_hash.is_empty() && !password::is_known(&user.password_hash) {
            return Err("password_hash is neither Argon2 nor bcrypt at a bearable cost".into());
        }
        user.at.map_or(Ok(()), |at| check_time(at, self.now()))
    }
}

fn user_of(entry: Entry<Record>) -> Option<Entry<User>> {
    match entry.record {
        Record::User(record) => Some(Entry { origin: entry.origin, record: *record }),
        _ => None,
    }
}

fn wanted_id(user: &User) -> Option<UserId> {
    user.id.number().and_then(|number| UserId::parse(number).ok())
}

fn profile_of(user: &User) -> Profile {
    Profile {
        username: user.username.clone(),
        nick_name: user.nick_name.clone(),
        avatar: user.avatar.clone(),
        description: user.description.clone(),
        mobile: user.mobile.clone(),
        email: user.email.clone(),
        public_info: user.public_info.clone(),
        private_info: user.private_info.clone(),
    }
}

/// The first key of a profile that an earlier one of the same chunk has.
fn taken_in_chunk(keys: &mut HashSet<(&'static str, String)>, profile: &Profile) -> Option<&'static str> {
    let mobile = normal_mobile(&profile.mobile).unwrap_or_default();
    let own =
        [("username", profile.username.to_lowercase()), ("mobile", mobile), ("email", profile.email.to_lowercase())];
    let own: Vec<_> = own.into_iter().filter(|(_, key)| !key.is_empty()).collect();
    let taken = own.iter().find(|key| keys.contains(key)).map(|(field, _)| *field);
    if taken.is_none() {
        keys.extend(own);
    }
    taken
}
