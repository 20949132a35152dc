//! Who a push is for.

use std::collections::BTreeSet;

use cerulean_delivery::Ctx;
use cerulean_storage::push::PushKey;
use cerulean_types::UserId;

use crate::PushError;
use crate::settings::NAME_CHARS;

/// Most entries of a list.
const ENTRIES: usize = 500;
/// Users read at once where all are meant.
const PAGE: u64 = 500;

/// Who a push is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Every user of the app.
    All,
    /// Whoever has one of the tags.
    Tags(Vec<String>),
    /// Whoever has one of the aliases.
    Aliases(Vec<String>),
    /// Users by id; those that do not exist are passed over.
    Users(Vec<UserId>),
    /// Whoever named one of the tokens beside his alias.
    Tokens(Vec<String>),
}

impl Audience {
    pub(crate) fn check(&self) -> Result<(), PushError> {
        let (entries, texts): (usize, &[String]) = match self {
            Self::All => return Ok(()),
            Self::Users(users) => (users.len(), &[]),
            Self::Tags(texts) | Self::Aliases(texts) | Self::Tokens(texts) => (texts.len(), texts),
        };
        if entries == 0 {
            return Err(PushError::bad("audience", "names nobody"));
        }
        if entries > ENTRIES {
            return Err(PushError::AudienceTooLong { most: ENTRIES });
        }
        let is_text = |text: &String| !text.is_empty() && text.chars().count() <= NAME_CHARS;
        if !texts.iter().all(is_text) {
            return Err(PushError::bad("audience", format!("has entries of 1 to {NAME_CHARS} characters")));
        }
        Ok(())
    }

    /// The users meant, each once.
    pub(crate) async fn resolve(&self, ctx: &Ctx) -> Result<BTreeSet<UserId>, PushError> {
        let mut users = BTreeSet::new();
        match self {
            Self::All => {
                let mut offset = 0;
                loop {
                    let page = ctx.tx.users().list(offset, PAGE).await?;
                    if page.is_empty() {
                        break;
                    }
                    offset += page.len() as u64;
                    users.extend(page.iter().map(|row| row.id));
                }
            }
            Self::Users(named) => users.extend(named),
            Self::Tags(tags) => extend(ctx, &mut users, tags.iter().map(|tag| PushKey::Tag(tag))).await?,
            Self::Aliases(names) => extend(ctx, &mut users, names.iter().map(|name| PushKey::Alias(name))).await?,
            Self::Tokens(tokens) => extend(ctx, &mut users, tokens.iter().map(|token| PushKey::Token(token))).await?,
        }
        Ok(users)
    }
}

async fn extend<'a>(
    ctx: &Ctx,
    users: &mut BTreeSet<UserId>,
    keys: impl Iterator<Item = PushKey<'a>>,
) -> Result<(), PushError> {
    for key in keys {
        users.extend(ctx.tx.push().find_users(key).await?);
    }
    Ok(())
}
