//! How a user can be reached, and what he can prove to be his by a code.

use serde::{Deserialize, Serialize};

use crate::normal_mobile;

const EMAIL_CHARS: usize = 254;

/// A phone number or an e-mail address, in the one form it is stored in. Personal: never logged.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contact {
    /// Phone number.
    Mobile(String),
    /// E-mail address.
    Email(String),
}

impl Contact {
    /// Reads a phone number.
    pub fn mobile(text: &str) -> Option<Self> {
        normal_mobile(text).map(Self::Mobile)
    }

    /// Reads an e-mail address.
    pub fn email(text: &str) -> Option<Self> {
        let text = text.trim();
        is_email(text).then(|| Self::Email(text.to_owned()))
    }

    /// The number or address.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Mobile(text) | Self::Email(text) => text,
        }
    }

    /// `mobile` or `email`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Mobile(_) => "mobile",
            Self::Email(_) => "email",
        }
    }
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Contact({})", self.kind())
    }
}

/// Whether a text looks like an e-mail address; only a message sent there can prove one.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain =
        text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | ',' | ';' | '"'));
    plain
        && text.chars().count() <= EMAIL_CHARS
        && !local.is_empty()
        && !local.contains('@')
        && domain.split('.').count() >= 2
        && domain.split('.').all(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_have_one_form_and_show_nothing() {
        assert_eq!(Contact::mobile("+86 138-0000-0000"), Contact::mobile("13800000000"));
        assert_eq!(Contact::mobile("nobody"), None);
        assert_eq!(Contact::email(" a@b.cn ").unwrap().as_str(), "a@b.cn");
        for bad in ["a", "a@b", "a b@c.d", "a@b@c.d", "a@.b", "<a@b.c>"] {
            assert_eq!(Contact::email(bad), None, "{bad}");
        }
        assert!(!format!("{:?}", Contact::mobile("13800000000")).contains("138"));
    }
}
