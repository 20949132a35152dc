//! Short links: what they lead to stands in them, signed, so that nothing is stored and nobody makes one up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cerulean_types::{AppId, GroupId, Millis, UserId};
use cerulean_vault::{Vault, VaultError, constant_time_eq};

const PURPOSE: &str = "short link";
const APP: u8 = 1;
const USER: u8 = 2;
const GROUP: u8 = 3;
/// Of the signature, which is only ever tried against a server.
const TAG_BYTES: usize = 10;
/// Ids have at most 15 digits, which are 50 bits.
const ID_BYTES: usize = 7;

/// Where a short link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkTarget {
    /// The app itself.
    App,
    /// A user.
    User(UserId),
    /// Into a group, by the right of a member to invite.
    Group {
        /// Which.
        group: GroupId,
        /// Who made the link.
        maker: UserId,
        /// From when on it is void: a whole second.
        expires_at: Millis,
    },
}

/// Makes the code of a link.
pub fn sign_short_link(vault: &Vault, app: AppId, target: LinkTarget) -> Result<String, VaultError> {
    let kind = match target {
        LinkTarget::App => APP,
        LinkTarget::User(_) => USER,
        LinkTarget::Group { .. } => GROUP,
    };
    let mut body = vec![kind];
    body.extend(app.0.to_be_bytes());
    match target {
        LinkTarget::App => {}
        LinkTarget::User(user) => put_id(&mut body, user.get()),
        LinkTarget::Group { group, maker, expires_at } => {
            put_id(&mut body, group.get());
            put_id(&mut body, maker.get());
            put_id(&mut body, (expires_at / 1000) as u64);
        }
    }
    let tag = vault.sign(app, PURPOSE, &body)?;
    body.extend(&tag[..TAG_BYTES]);
    Ok(URL_SAFE_NO_PAD.encode(body))
}

/// Reads the code of a link; nothing where it is none of ours. Whether its time is over is not looked at.
pub fn read_short_link(vault: &Vault, code: &str) -> Result<Option<(AppId, LinkTarget)>, VaultError> {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(code) else { return Ok(None) };
    let Some((body, tag)) = bytes.split_last_chunk::<TAG_BYTES>() else { return Ok(None) };
    let Some((&[kind, a, b, c, d], ids)) = body.split_first_chunk() else { return Ok(None) };
    let app = AppId(i32::from_be_bytes([a, b, c, d]));
    let Some(expected) = VaultError::unless_foreign(vault.sign(app, PURPOSE, body))? else { return Ok(None) };
    if !constant_time_eq(&expected[..TAG_BYTES], tag) {
        return Ok(None);
    }
    Ok(target_of(kind, ids).map(|target| (app, target)))
}

fn target_of(kind: u8, ids: &[u8]) -> Option<LinkTarget> {
    let mut numbers =
        ids.chunks_exact(ID_BYTES).map(|id| id.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)));
    let target = match kind {
        APP => LinkTarget::App,
        USER => LinkTarget::User(UserId::parse(numbers.next()?).ok()?),
        GROUP => LinkTarget::Group {
            group: GroupId::parse(numbers.next()?).ok()?,
            maker: UserId::parse(numbers.next()?).ok()?,
            expires_at: numbers.next()? as Millis * 1000,
        },
        _ => return None,
    };
    Some(target)
}

fn put_id(body: &mut Vec<u8>, number: u64) {
    body.extend(&number.to_be_bytes()[8 - ID_BYTES..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        let vault = Vault::in_memory();
        vault.ensure_app(AppId(1)).unwrap();
        vault.ensure_app(AppId(2)).unwrap();
        vault
    }

    fn group() -> LinkTarget {
        let maker = UserId::parse(999_999_999_999_993).unwrap();
        LinkTarget::Group { group: GroupId::parse(8_002).unwrap(), maker, expires_at: 1_700_000_000_000 }
    }

    #[test]
    fn links_come_back_as_they_were_signed() {
        let vault = vault();
        for (target, length) in
            [(LinkTarget::App, 20), (LinkTarget::User(UserId::parse(8_001).unwrap()), 30), (group(), 48)]
        {
            let code = sign_short_link(&vault, AppId(2), target).unwrap();
            assert_eq!(code.len(), length);
            assert_eq!(read_short_link(&vault, &code).unwrap(), Some((AppId(2), target)));
        }
    }

    #[test]
    fn changed_links_and_those_of_a_destroyed_app_lead_nowhere() {
        let vault = vault();
        let code = sign_short_link(&vault, AppId(1), group()).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&code).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(read_short_link(&vault, &URL_SAFE_NO_PAD.encode(changed)).unwrap(), None, "byte {at}");
        }
        for junk in ["", "!", "AAAA", &code[1..], &format!("{code}AAAA"), "undefined"] {
            assert_eq!(read_short_link(&vault, junk).unwrap(), None, "{junk}");
        }
        vault.destroy(AppId(1)).unwrap();
        assert_eq!(read_short_link(&vault, &code).unwrap(), None);
    }
}
