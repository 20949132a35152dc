//! Users of an app, with their profile and settings.

use std::collections::HashMap;

use cerulean_types::{Contact, Millis, UserId, normal_mobile};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};

use crate::entity::user::{ActiveModel, Column, Entity, Model};
use crate::{StorageError, Tx};

const TABLE: &str = "users";
/// Ids of one `in (…)`.
const CHUNK: usize = 500;

/// Whether a user may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserStatus {
    /// May act.
    Normal,
    /// Disabled by the administrator.
    Frozen,
}

impl UserStatus {
    fn as_stored(self) -> i32 {
        match self {
            Self::Normal => 0,
            Self::Frozen => 1,
        }
    }
}

/// Stored in place of a status once the user is gone.
const REMOVED: i32 = 2;

/// What a user tells of himself. Missing text is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Name to sign in with, as written at registration.
    pub username: String,
    /// Name shown to others.
    pub nick_name: String,
    /// URL or object name of the picture.
    pub avatar: String,
    /// A few words about himself.
    pub description: String,
    /// Phone number.
    pub mobile: String,
    /// E-mail address.
    pub email: String,
    /// Free text of the app, shown to others.
    pub public_info: String,
    /// Free text of the app, for the user alone.
    pub private_info: String,
}

/// What a user has set. The defaults are those of a fresh user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserSettings {
    /// Who may become a friend: 0 anyone, 1 by approval, 2 by the right answer, 3 nobody.
    pub auth_mode: i32,
    /// Question of mode 2.
    pub auth_question: String,
    /// Answer of mode 2.
    pub auth_answer: String,
    /// Download attachments at once.
    pub auto_download: bool,
    /// Invitations to groups need the user's consent.
    pub group_confirm: bool,
    /// No push at all.
    pub no_push: bool,
    /// Push without the text.
    pub no_push_detail: bool,
    /// Hour from which there is no push.
    pub no_push_start_hour: i32,
    /// Hour until which there is no push; the same as the start for none.
    pub no_push_end_hour: i32,
    /// No sound.
    pub no_sounds: bool,
    /// Name shown in a push.
    pub push_nick_name: String,
    /// Push address from before devices had their own.
    pub push_token: String,
    /// Hour from which devices are silent.
    pub silence_start_time: i32,
    /// Hour until which devices are silent.
    pub silence_end_time: i32,
    /// Vibrate.
    pub vibratory: bool,
}

impl UserSettings {
    /// The question that others are shown: only where it is asked.
    pub fn shown_question(&self) -> &str {
        if self.auth_mode == 2 { &self.auth_question } else { "" }
    }
}

impl Default for UserSettings {
    fn default() -> Self {
        Self {
            auth_mode: 1,
            auth_question: String::new(),
            auth_answer: String::new(),
            auto_download: true,
            group_confirm: false,
            no_push: false,
            no_push_detail: false,
            no_push_start_hour: 0,
            no_push_end_hour: 0,
            no_sounds: false,
            push_nick_name: String::new(),
            push_token: String::new(),
            silence_start_time: 0,
            silence_end_time: 0,
            vibratory: true,
        }
    }
}

/// A user as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Id.
    pub id: UserId,
    /// Whether he may act.
    pub status: UserStatus,
    /// What he tells of himself.
    pub profile: Profile,
    /// What he has set.
    pub settings: UserSettings,
    /// Raised when tokens are revoked.
    pub token_epoch: i64,
    /// Milliseconds.
    pub created_at: Millis,
}

/// What the check of a token needs of its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserState {
    /// Whether he may act.
    pub status: UserStatus,
    /// Raised when tokens are revoked.
    pub token_epoch: i64,
}

/// A user who comes along with a past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastUser {
    /// Id.
    pub id: UserId,
    /// Whether he may act.
    pub status: UserStatus,
    /// What he tells of himself.
    pub profile: Profile,
    /// What he has set.
    pub settings: UserSettings,
    /// PHC string or bcrypt; empty where he must set a password first.
    pub password_hash: String,
    /// Milliseconds.
    pub created_at: Millis,
}

/// A key that belongs to a user already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenKey {
    /// `username`, `mobile` or `email`.
    pub field: &'static str,
    /// Whose it is.
    pub by: UserId,
}

/// By what a user can be found exactly. Neither the case of letters nor the way a phone number is written is any matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserKey<'a> {
    /// Name to sign in with.
    Username(&'a str),
    /// Phone number.
    Mobile(&'a str),
    /// E-mail address.
    Email(&'a str),
}

impl<'a> From<&'a Contact> for UserKey<'a> {
    fn from(contact: &'a Contact) -> Self {
        match contact {
            Contact::Mobile(number) => Self::Mobile(number),
            Contact::Email(address) => Self::Email(address),
        }
    }
}

impl UserKey<'_> {
    pub(crate) fn index(self, tx: &Tx) -> Result<(Column, Option<Vec<u8>>), StorageError> {
        let (column, field, value) = match self {
            Self::Username(value) => (Column::UsernameIndex, "users.username", value.to_lowercase()),
            Self::Mobile(value) => {
                (Column::MobileIndex, "users.mobile", normal_mobile(value).unwrap_or_else(|| value.to_owned()))
            }
            Self::Email(value) => (Column::EmailIndex, "users.email", value.to_lowercase()),
        };
        let index = if value.is_empty() { None } else { Some(tx.blind_index(field, &value)?) };
        Ok((column, index))
    }
}

/// The users of an app. Removed ones are absent everywhere.
#[derive(Debug)]
pub struct Users<'a> {
    tx: &'a Tx,
}

impl<'a> Users<'a> {
    pub(crate) fn new(tx: &'a Tx) -> Self {
        Self { tx }
    }

    /// Adds a user; a taken id, name, phone number or address is a duplicate error.
    pub async fn insert(
        &self,
        id: UserId,
        profile: &Profile,
        password_hash: &str,
        at: Millis,
    ) -> Result<UserRow, StorageError> {
        let settings = UserSettings::default();
        let (_, username_index) = UserKey::Username(&profile.username).index(self.tx)?;
        let (_, mobile_index) = UserKey::Mobile(&profile.mobile).index(self.tx)?;
        let (_, email_index) = UserKey::Email(&profile.email).index(self.tx)?;
        let row = ActiveModel {
            app_id: Set(self.tx.app().0),
            user_id: Set(id.as_i64()),
            username_index: Set(username_index),
            mobile_index: Set(mobile_index),
            email_index: Set(email_index),
            profile: Set(self.seal_json(id, "profile", profile)?),
            settings: Set(self.seal_json(id, "settings", &settings)?),
            password: Set(self.seal_json(id, "password", &password_hash)?),
            status: Set(UserStatus::Normal.as_stored()),
            token_epoch: Set(0),
            last_device_sn: Set(0),
            created_at: Set(at),
        };
        Entity::insert(row).exec_without_returning(self.tx.conn()).await?;
        Ok(UserRow {
            id,
            status: UserStatus::Normal,
            profile: profile.clone(),
            settings,
            token_epoch: 0,
            created_at: at,
        })
    }

    /// Adds users; a taken id, name, phone number or address is a duplicate error.
    pub async fn insert_many(&self, users: &[PastUser]) -> Result<(), StorageError> {
        for chunk in users.chunks(CHUNK) {
            let mut models = Vec::with_capacity(chunk.len());
            for user in chunk {
                models.push(ActiveModel {
                    app_id: Set(self.tx.app().0),
                    user_id: Set(user.id.as_i64()),
                    username_index: Set(UserKey::Username(&user.profile.username).index(self.tx)?.1),
                    mobile_index: Set(UserKey::Mobile(&user.profile.mobile).index(self.tx)?.1),
                    email_index: Set(UserKey::Email(&user.profile.email).index(self.tx)?.1),
                    profile: Set(self.seal_json(user.id, "profile", &user.profile)?),
                    settings: Set(self.seal_json(user.id, "settings", &user.settings)?),
                    password: Set(self.seal_json(user.id, "password", &user.password_hash)?),
                    status: Set(user.status.as_stored()),
                    token_epoch: Set(0),
                    last_device_sn: Set(0),
                    created_at: Set(user.created_at),
                });
            }
            Entity::insert_many(models).exec_without_returning(self.tx.conn()).await?;
        }
        Ok(())
    }

    /// Keeps the ids of users who were removed before they came here: nothing else of them is known, and nobody gets such an id.
    pub async fn insert_removed(&self, users: &[(UserId, Millis)]) -> Result<(), StorageError> {
        for chunk in users.chunks(CHUNK) {
            let models = chunk.iter().map(|(id, created_at)| ActiveModel {
                app_id: Set(self.tx.app().0),
                user_id: Set(id.as_i64()),
                username_index: Set(None),
                mobile_index: Set(None),
                email_index: Set(None),
                profile: Set(Vec::new()),
                settings: Set(Vec::new()),
                password: Set(Vec::new()),
                status: Set(REMOVED),
                token_epoch: Set(0),
                last_device_sn: Set(0),
                created_at: Set(*created_at),
            });
            Entity::insert_many(models).exec_without_returning(self.tx.conn()).await?;
        }
        Ok(())
    }

    /// One page of the ids of removed users, beginning after one.
    pub async fn list_removed_after(&self, after: Option<UserId>, limit: u64) -> Result<Vec<UserId>, StorageError> {
        let ids: Vec<i64> = Entity::find()
            .select_only()
            .column(Column::UserId)
            .filter(Column::AppId.eq(self.tx.app().0))
            .filter(Column::Status.eq(REMOVED))
            .filter(Column::UserId.gt(after.map_or(0, UserId::as_i64)))
            .order_by_asc(Column::UserId)
            .limit(limit)
            .into_tuple()
            .all(self.tx.conn())
            .await?;
        Ok(ids.into_iter().map(UserId::from_stored).collect())
    }

    /// For each profile, the first of its keys that belongs to a user already.
    pub async fn taken_keys(&self, profiles: &[&Profile]) -> Result<Vec<Option<TakenKey>>, StorageError> {
        let mut taken = vec![None; profiles.len()];
        for field in ["username", "mobile", "email"] {
            let mut places: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
            let mut searched = Column::UsernameIndex;
            for (place, profile) in profiles.iter().enumerate() {
                let key = match field {
                    "username" => UserKey::Username(&profile.username),
                    "mobile" => UserKey::Mobile(&profile.mobile),
                    _ => UserKey::Email(&profile.email),
                };
                let (column, index) = key.index(self.tx)?;
                searched = column;
                if let Some(index) = index {
                    places.entry(index).or_default().push(place);
                }
            }
            let indexes: Vec<&Vec<u8>> = places.keys().collect();
            for chunk in indexes.chunks(CHUNK) {
                let rows: Vec<(Vec<u8>, i64)> = self
                    .live()
                    .select_only()
                    .columns([searched, Column::UserId])
                    .filter(searched.is_in(chunk.iter().map(|index| (*index).clone())))
                    .into_tuple()
                    .all(self.tx.conn())
                    .await?;
                for (index, user) in rows {
                    for place in places.get(&index).into_iter().flatten() {
                        taken[*place].get_or_insert(TakenKey { field, by: UserId::from_stored(user) });
                    }
                }
            }
        }
        Ok(taken)
    }

    /// Which of `ids` were ever given, those of removed users too.
    pub async fn given(&self, ids: &[UserId]) -> Result<Vec<UserId>, StorageError> {
        let mut found = Vec::new();
        for chunk in ids.chunks(CHUNK) {
            let rows: Vec<i64> = Entity::find()
                .select_only()
                .column(Column::UserId)
                .filter(Column::AppId.eq(self.tx.app().0))
                .filter(Column::UserId.is_in(chunk.iter().map(|id| id.as_i64())))
                .into_tuple()
                .all(self.tx.conn())
                .await?;
            found.extend(rows.into_iter().map(UserId::from_stored));
        }
        Ok(found)
    }

    /// Which of `ids` are those of removed users.
    pub async fn removed_among(&self, ids: &[UserId]) -> Result<Vec<UserId>, StorageError> {
        let mut found = Vec::new();
        for chunk in ids.chunks(CHUNK) {
            let rows: Vec<i64> = Entity::find()
                .select_only()
                .column(Column::UserId)
                .filter(Column::AppId.eq(self.tx.app().0))
                .filter(Column::UserId.is_in(chunk.iter().map(|id| id.as_i64())))
                .filter(Column::Status.eq(REMOVED))
                .into_tuple()
                .all(self.tx.conn())
                .await?;
            found.extend(rows.into_iter().map(UserId::from_stored));
        }
        Ok(found)
    }

    /// One page by id, beginning after one.
    pub async fn list_after(&self, after: Option<UserId>, limit: u64) -> Result<Vec<UserRow>, StorageError> {
        let rows = self
            .live()
            .filter(Column::UserId.gt(after.map_or(0, UserId::as_i64)))
            .order_by_asc(Column::UserId)
            .limit(limit)
            .all(self.tx.conn())
            .await?;
        rows.into_iter().map(|row| self.open(row)).collect()
    }

    /// Finds a user by id.
    pub async fn find(&self, id: UserId) -> Result<Option<UserRow>, StorageError> {
        self.one(self.live().filter(Column::UserId.eq(id.as_i64()))).await
    }

    /// Finds a user by id and keeps others from changing him until the transaction ends.
    pub async fn find_for_update(&self, id: UserId) -> Result<Option<UserRow>, StorageError> {
        self.one(self.live().filter(Column::UserId.eq(id.as_i64())).lock_exclusive()).await
    }

    /// Finds a user by name, phone number or address.
    pub async fn find_by(&self, key: UserKey<'_>) -> Result<Option<UserRow>, StorageError> {
        match key.index(self.tx)? {
            (column, Some(index)) => self.one(self.live().filter(column.eq(index))).await,
            (_, None) => Ok(None),
        }
    }

    /// The users among `ids` that exist, in no particular order.
    pub async fn find_many(&self, ids: &[UserId]) -> Result<Vec<UserRow>, StorageError> {
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let rows = self
                .live()
                .filter(Column::UserId.is_in(chunk.iter().map(|id| id.as_i64())))
                .all(self.tx.conn())
                .await?;
            for row in rows {
                found.push(self.open(row)?);
            }
        }
        Ok(found)
    }

    /// The pictures of those of `ids` that have one; nothing else of their rows is read or opened.
    pub async fn avatars_of(&self, ids: &[UserId]) -> Result<HashMap<UserId, String>, StorageError> {
        #[derive(Deserialize)]
        struct Picture {
            #[serde(default)]
            avatar: String,
        }
        let mut avatars = HashMap::new();
        for chunk in ids.chunks(CHUNK) {
            let rows: Vec<(i64, Vec<u8>)> = self
                .live()
                .select_only()
                .columns([Column::UserId, Column::Profile])
                .filter(Column::UserId.is_in(chunk.iter().map(|id| id.as_i64())))
                .into_tuple()
                .all(self.tx.conn())
                .await?;
            for (user, blob) in rows {
                let id = UserId::from_stored(user);
                let picture: Picture = self.unseal_json(id, "profile", &blob)?;
                if !picture.avatar.is_empty() {
                    avatars.insert(id, picture.avatar);
                }
            }
        }
        Ok(avatars)
    }

    /// Which of `ids` exist, without opening their rows.
    pub async fn existing(&self, ids: &[UserId]) -> Result<Vec<UserId>, StorageError> {
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let rows: Vec<i64> = self
                .live()
                .select_only()
                .column(Column::UserId)
                .filter(Column::UserId.is_in(chunk.iter().map(|id| id.as_i64())))
                .into_tuple()
                .all(self.tx.conn())
                .await?;
            found.extend(rows.into_iter().map(UserId::from_stored));
        }
        Ok(found)
    }

    /// What the check of a token needs, without opening the row.
    pub async fn find_state(&self, id: UserId) -> Result<Option<UserState>, StorageError> {
        let found: Option<(i32, i64)> = self
            .live()
            .select_only()
            .columns([Column::Status, Column::TokenEpoch])
            .filter(Column::UserId.eq(id.as_i64()))
            .into_tuple()
            .one(self.tx.conn())
            .await?;
        found.map(|(status, token_epoch)| Ok(UserState { status: status_of(status)?, token_epoch })).transpose()
    }

    /// One page in the order of registration.
    pub async fn list(&self, offset: u64, limit: u64) -> Result<Vec<UserRow>, StorageError> {
        let rows = self
            .live()
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::UserId)
            .offset(offset)
            .limit(limit)
            .all(self.tx.conn())
            .await?;
        rows.into_iter().map(|row| self.open(row)).collect()
    }

    /// Ids in their order, from the one after `after`.
    pub async fn list_ids(&self, after: Option<UserId>, limit: u64) -> Result<Vec<UserId>, StorageError> {
        let mut query = self.live().select_only().column(Column::UserId);
        if let Some(after) = after {
            query = query.filter(Column::UserId.gt(after.as_i64()));
        }
        let ids: Vec<i64> = query.order_by_asc(Column::UserId).limit(limit).into_tuple().all(self.tx.conn()).await?;
        Ok(ids.into_iter().map(UserId::from_stored).collect())
    }

    /// How many there are.
    pub async fn count(&self) -> Result<u64, StorageError> {
        Ok(self.live().count(self.tx.conn()).await?)
    }

    /// The PHC string of a user's password.
    pub async fn password_hash(&self, id: UserId) -> Result<Option<String>, StorageError> {
        let found: Option<Vec<u8>> = self
            .live()
            .select_only()
            .column(Column::Password)
            .filter(Column::UserId.eq(id.as_i64()))
            .into_tuple()
            .one(self.tx.conn())
            .await?;
        found.map(|blob| self.unseal_json(id, "password", &blob)).transpose()
    }

    /// Replaces the password.
    pub async fn set_password(&self, id: UserId, password_hash: &str) -> Result<(), StorageError> {
        let password = self.seal_json(id, "password", &password_hash)?;
        self.update(id, ActiveModel { password: Set(password), ..Default::default() }).await
    }

    /// Freezes or unfreezes.
    pub async fn set_status(&self, id: UserId, status: UserStatus) -> Result<(), StorageError> {
        self.update(id, ActiveModel { status: Set(status.as_stored()), ..Default::default() }).await
    }

    /// Replaces name and profile; a taken name, phone number or address is a duplicate error.
    pub async fn set_profile(&self, id: UserId, profile: &Profile) -> Result<(), StorageError> {
        let (_, username_index) = UserKey::Username(&profile.username).index(self.tx)?;
        let (_, mobile_index) = UserKey::Mobile(&profile.mobile).index(self.tx)?;
        let (_, email_index) = UserKey::Email(&profile.email).index(self.tx)?;
        let change = ActiveModel {
            username_index: Set(username_index),
            mobile_index: Set(mobile_index),
            email_index: Set(email_index),
            profile: Set(self.seal_json(id, "profile", profile)?),
            ..Default::default()
        };
        self.update(id, change).await
    }

    /// Replaces the settings.
    pub async fn set_settings(&self, id: UserId, settings: &UserSettings) -> Result<(), StorageError> {
        let settings = self.seal_json(id, "settings", settings)?;
        self.update(id, ActiveModel { settings: Set(settings), ..Default::default() }).await
    }

    /// Raises the epoch, so that every node looks the user's tokens up again.
    pub async fn bump_token_epoch(&self, id: UserId) -> Result<(), StorageError> {
        Entity::update_many()
            .col_expr(Column::TokenEpoch, Expr::col(Column::TokenEpoch).add(1))
            .filter(self.is(id))
            .exec(self.tx.conn())
            .await?;
        Ok(())
    }

    /// The next number for a device of this user.
    pub async fn next_device_sn(&self, id: UserId) -> Result<u32, StorageError> {
        let rows = Entity::update_many()
            .col_expr(Column::LastDeviceSn, Expr::col(Column::LastDeviceSn).add(1))
            .filter(self.is(id))
            .exec_with_returning(self.tx.conn())
            .await?;
        let row = rows.first().ok_or_else(|| inconsistent(id))?;
        u32::try_from(row.last_device_sn).map_err(|_| inconsistent(id))
    }

    /// Erases what is personal and takes the user away; the id is never given again.
    pub async fn erase(&self, id: UserId) -> Result<(), StorageError> {
        let change = ActiveModel {
            username_index: Set(None),
            mobile_index: Set(None),
            email_index: Set(None),
            profile: Set(Vec::new()),
            settings: Set(Vec::new()),
            password: Set(Vec::new()),
            status: Set(REMOVED),
            ..Default::default()
        };
        self.update(id, change).await
    }

    fn is(&self, id: UserId) -> sea_orm::Condition {
        sea_orm::Condition::all().add(Column::AppId.eq(self.tx.app().0)).add(Column::UserId.eq(id.as_i64()))
    }

    fn live(&self) -> sea_orm::Select<Entity> {
        Entity::find().filter(Column::AppId.eq(self.tx.app().0)).filter(Column::Status.ne(REMOVED))
    }

    async fn one(&self, query: sea_orm::Select<Entity>) -> Result<Option<UserRow>, StorageError> {
        query.one(self.tx.conn()).await?.map(|row| self.open(row)).transpose()
    }

    async fn update(&self, id: UserId, change: ActiveModel) -> Result<(), StorageError> {
        Entity::update_many().set(change).filter(self.is(id)).exec(self.tx.conn()).await?;
        Ok(())
    }

    fn open(&self, row: Model) -> Result<UserRow, StorageError> {
        let id = UserId::from_stored(row.user_id);
        Ok(UserRow {
            id,
            status: status_of(row.status)?,
            profile: self.unseal_json(id, "profile", &row.profile)?,
            settings: self.unseal_json(id, "settings", &row.settings)?,
            token_epoch: row.token_epoch,
            created_at: row.created_at,
        })
    }

    fn seal_json(&self, id: UserId, column: &str, value: &impl Serialize) -> Result<Vec<u8>, StorageError> {
        let text = serde_json::to_string(value).expect("plain structs become JSON");
        self.tx.seal(TABLE, &row_key(id, column), &text)
    }

    fn unseal_json<T: for<'de> Deserialize<'de>>(
        &self,
        id: UserId,
        column: &str,
        blob: &[u8],
    ) -> Result<T, StorageError> {
        let text = self.tx.unseal(TABLE, &row_key(id, column), blob)?;
        serde_json::from_str(&text).map_err(|_| inconsistent(id))
    }
}

fn row_key(id: UserId, column: &str) -> Vec<u8> {
    [&id.get().to_be_bytes(), column.as_bytes()].concat()
}

fn status_of(number: i32) -> Result<UserStatus, StorageError> {
    match number {
        0 => Ok(UserStatus::Normal),
        1 => Ok(UserStatus::Frozen),
        _ => Err(StorageError::Inconsistent { table: TABLE, key: format!("status {number}") }),
    }
}

fn inconsistent(id: UserId) -> StorageError {
    StorageError::Inconsistent { table: TABLE, key: id.to_string() }
}
