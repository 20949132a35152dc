//! Proofs handed from one step of a flow to the next: taken once, within ten minutes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cerulean_types::{AppId, Contact, Millis, UserId};
use cerulean_vault::random_bytes;
use serde::{Deserialize, Serialize};

use crate::{Verification, VerificationError};

const PROOF_MS: Millis = 10 * 60_000;

/// What was proven, and what the proof is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Whoever holds it has this contact, and may bind it to an account.
    Contact(Contact),
    /// The user of this id is himself, and may change his contact.
    MayChange(u64),
}

/// Which kind of proof a step asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofOf<'a> {
    /// [`Proof::Contact`] of this one.
    Contact(&'a Contact),
    /// [`Proof::MayChange`] of this user.
    MayChange(UserId),
}

impl Verification {
    /// Writes a proof down; answers with the text that takes it.
    pub async fn issue_proof(&self, app: AppId, proof: &Proof) -> Result<String, VerificationError> {
        let sign = URL_SAFE_NO_PAD.encode(random_bytes::<24>());
        let text = serde_json::to_string(proof).expect("a plain enum becomes JSON");
        let tx = self.platform.db.begin(app).await?;
        tx.secrets().insert(&hash(&sign), &text, self.platform.clock.now() + PROOF_MS).await?;
        tx.commit().await?;
        Ok(sign)
    }

    /// Takes a proof; it is gone even when it proves something else.
    pub async fn take_proof(&self, app: AppId, sign: &str, wanted: ProofOf<'_>) -> Result<(), VerificationError> {
        let tx = self.platform.db.begin(app).await?;
        let text = tx.secrets().take(&hash(sign), self.platform.clock.now()).await?;
        tx.commit().await?;
        let proof = text.and_then(|text| serde_json::from_str::<Proof>(&text).ok());
        let is_it = match (&proof, wanted) {
            (Some(Proof::Contact(proven)), ProofOf::Contact(contact)) => proven == contact,
            (Some(Proof::MayChange(proven)), ProofOf::MayChange(user)) => *proven == user.get(),
            _ => false,
        };
        if is_it { Ok(()) } else { Err(VerificationError::WrongProof) }
    }
}

/// Apart from the texts that clients leave in the same place.
fn hash(sign: &str) -> [u8; 32] {
    blake3::derive_key("cerulean verification proof 1", sign.as_bytes())
}
