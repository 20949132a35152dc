//! Transactions: one app, or the platform.

use cerulean_types::AppId;
use cerulean_vault::{KeyClass, Vault};
use sea_orm::DatabaseTransaction;

use crate::StorageError;
use crate::app::Apps;
use crate::outbox::Outbox;

/// A transaction inside one app. Dropping it rolls back.
#[derive(Debug)]
pub struct Tx {
    app: AppId,
    conn: DatabaseTransaction,
    vault: Vault,
}

impl Tx {
    pub(crate) fn new(app: AppId, conn: DatabaseTransaction, vault: Vault) -> Self {
        Self { app, conn, vault }
    }

    /// The app this transaction is bound to.
    pub fn app(&self) -> AppId {
        self.app
    }

    /// Makes everything durable.
    pub async fn commit(self) -> Result<(), StorageError> {
        Ok(self.conn.commit().await?)
    }

    /// Items that must reach the log once this transaction is committed.
    pub fn outbox(&self) -> Outbox<'_> {
        Outbox::new(self)
    }

    /// Uploaded files.
    pub fn files(&self) -> crate::file::Files<'_> {
        crate::file::Files::new(self)
    }

    /// Friendships, notes on others, requests to be friends, blocks.
    pub fn roster(&self) -> crate::roster::Roster<'_> {
        crate::roster::Roster::new(self)
    }

    /// Users, their profiles and settings.
    pub fn users(&self) -> crate::user::Users<'_> {
        crate::user::Users::new(self)
    }

    /// Devices of users.
    pub fn devices(&self) -> crate::device::Devices<'_> {
        crate::device::Devices::new(self)
    }

    /// Tokens of users and of the administrator.
    pub fn tokens(&self) -> crate::token::Tokens<'_> {
        crate::token::Tokens::new(self)
    }

    /// Codes that prove a contact, and what was proven.
    pub fn verifications(&self) -> crate::verification::Verifications<'_> {
        crate::verification::Verifications::new(self)
    }

    /// What a development server would have sent.
    pub fn carrier_outbox(&self) -> crate::carrier_outbox::CarrierOutbox<'_> {
        crate::carrier_outbox::CarrierOutbox::new(self)
    }

    /// Sign-ins by a picture.
    pub fn qr_logins(&self) -> crate::qr_login::QrLogins<'_> {
        crate::qr_login::QrLogins::new(self)
    }

    /// Secrets that sign a user in once, in place of his password.
    pub fn sign_in_secrets(&self) -> crate::sign_in_secret::SignInSecrets<'_> {
        crate::sign_in_secret::SignInSecrets::new(self)
    }

    /// How much the app did.
    pub fn usage(&self) -> crate::usage::UsageCounts<'_> {
        crate::usage::UsageCounts::new(self)
    }

    /// Texts handed over once.
    pub fn secrets(&self) -> crate::secret::Secrets<'_> {
        crate::secret::Secrets::new(self)
    }

    /// Whom the app's own pushes reach.
    pub fn push(&self) -> crate::push::Push<'_> {
        crate::push::Push::new(self)
    }

    /// Pushes that the app asked for.
    pub fn push_tasks(&self) -> crate::push_task::PushTasks<'_> {
        crate::push_task::PushTasks::new(self)
    }

    /// Groups.
    pub fn groups(&self) -> crate::group::Groups<'_> {
        crate::group::Groups::new(self)
    }

    /// Members of groups.
    pub fn group_members(&self) -> crate::group_member::GroupMembers<'_> {
        crate::group_member::GroupMembers::new(self)
    }

    /// Applications to groups.
    pub fn group_applications(&self) -> crate::group_request::GroupRequests<'_> {
        crate::group_request::GroupRequests::new(self, crate::group_request::RequestKind::Application)
    }

    /// Invitations into groups.
    pub fn group_invitations(&self) -> crate::group_request::GroupRequests<'_> {
        crate::group_request::GroupRequests::new(self, crate::group_request::RequestKind::Invitation)
    }

    /// Who was kicked from groups, and who is blocked from them.
    pub fn group_restrictions(&self) -> crate::group_restriction::GroupRestrictions<'_> {
        crate::group_restriction::GroupRestrictions::new(self)
    }

    /// Announcements of groups.
    pub fn group_announcements(&self) -> crate::group_announcement::GroupAnnouncements<'_> {
        crate::group_announcement::GroupAnnouncements::new(self)
    }

    /// Files shared in groups.
    pub fn group_files(&self) -> crate::group_file::GroupFiles<'_> {
        crate::group_file::GroupFiles::new(self)
    }

    /// Work that outlives the call it was asked in.
    pub fn jobs(&self) -> crate::job::Jobs<'_> {
        crate::job::Jobs::new(self)
    }

    /// Ids that things had elsewhere.
    pub fn external_ids(&self) -> crate::external_id::ExternalIds<'_> {
        crate::external_id::ExternalIds::new(self)
    }

    /// How far imports have come.
    pub fn imports(&self) -> crate::import::Imports<'_> {
        crate::import::Imports::new(self)
    }

    /// Lines of dumps that were let in.
    pub fn imported_lines(&self) -> crate::imported_line::ImportedLines<'_> {
        crate::imported_line::ImportedLines::new(self)
    }

    /// Receivers of webhooks.
    pub fn hooks(&self) -> crate::hook::Hooks<'_> {
        crate::hook::Hooks::new(self)
    }

    /// Events on their way to receivers of webhooks.
    pub fn hook_queue(&self) -> crate::hook_queue::HookQueue<'_> {
        crate::hook_queue::HookQueue::new(self)
    }

    pub(crate) fn conn(&self) -> &DatabaseTransaction {
        &self.conn
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Seals a personal column; `row` is the row's key, so the blob cannot be moved.
    pub(crate) fn seal(&self, table: &str, row: &[u8], plain: &str) -> Result<Vec<u8>, StorageError> {
        Ok(self.vault.seal(self.app, KeyClass::Profile, table, row, plain.as_bytes())?)
    }

    /// Opens a personal column.
    pub(crate) fn unseal(&self, table: &'static str, row: &[u8], blob: &[u8]) -> Result<String, StorageError> {
        let plain = self.vault.unseal(self.app, KeyClass::Profile, table, row, blob)?;
        String::from_utf8(plain).map_err(|_| StorageError::Inconsistent { table, key: "sealed text".into() })
    }

    /// Index under which a sealed value can be looked up exactly. The caller normalises (case, spaces) first.
    pub(crate) fn blind_index(&self, field: &str, value: &str) -> Result<Vec<u8>, StorageError> {
        Ok(self.vault.blind_index(self.app, field, value)?.to_vec())
    }
}

/// A transaction over all apps.
#[derive(Debug)]
pub struct PlatformTx {
    conn: DatabaseTransaction,
    vault: Vault,
}

impl PlatformTx {
    pub(crate) fn new(conn: DatabaseTransaction, vault: Vault) -> Self {
        Self { conn, vault }
    }

    /// Makes everything durable.
    pub async fn commit(self) -> Result<(), StorageError> {
        Ok(self.conn.commit().await?)
    }

    /// The apps of this installation.
    pub fn apps(&self) -> Apps<'_> {
        Apps::new(self)
    }

    /// The jobs of all apps, as workers see them.
    pub fn jobs(&self) -> crate::job_queue::JobQueue<'_> {
        crate::job_queue::JobQueue::new(self)
    }

    /// When periodic work is next due.
    pub fn schedules(&self) -> crate::schedule::Schedules<'_> {
        crate::schedule::Schedules::new(self)
    }

    pub(crate) fn conn(&self) -> &DatabaseTransaction {
        &self.conn
    }

    /// The vault, for making an app's keys.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }
}
