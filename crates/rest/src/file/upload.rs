//! `POST /file/upload/content?sign=`: a form with the file. The address authorises itself, no token is looked at.

use std::time::Duration;

use axum::extract::multipart::{Field, Multipart};
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, header};
use cerulean_files::{FileError, Offer, UploadGrant};
use cerulean_http_kit::{Envelope, ok};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusal;
use super::form::{self, FORM_BYTES, Unclaimed};
use crate::Rest;

const FIELDS: usize = 32;
/// How long a refused client may go on sending.
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// The signature of the address.
#[derive(Deserialize, ToSchema)]
pub struct Signed {
    #[serde(default)]
    sign: String,
}

/// Takes a file in while it streams.
pub async fn upload(
    State(rest): State<Rest>,
    Query(signed): Query<Signed>,
    request: Request,
) -> Result<Envelope<bool>, Refusal> {
    let grant = match admit(&rest, &signed.sign, request.headers()).await {
        Ok(grant) => grant,
        Err(error) => {
            let _ = tokio::time::timeout(DRAIN_TIME, form::drain(request.into_body().into_data_stream())).await;
            return Err(error.into());
        }
    };
    let (mut form, unclaimed) = form::open(request).await?;
    let outcome = receive(&rest, grant, &mut form, &unclaimed).await;
    if outcome.is_err() {
        unclaimed.throw_away();
        let _ = tokio::time::timeout(DRAIN_TIME, drain_form(&mut form)).await;
    }
    outcome?;
    ok(true).map_err(Refusal)
}

async fn admit(rest: &Rest, sign: &str, headers: &HeaderMap) -> Result<UploadGrant, FileError> {
    let grant = rest.files.check_grant(sign).await?;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > grant.most_bytes().saturating_add(FORM_BYTES)) {
        return Err(grant.too_large());
    }
    Ok(grant)
}

async fn receive(
    rest: &Rest,
    grant: UploadGrant,
    form: &mut Multipart,
    unclaimed: &Unclaimed,
) -> Result<(), FileError> {
    for _ in 0..FIELDS {
        let Some(field) = form.next_field().await.map_err(broken)? else { break };
        if field.name() == Some("file") {
            return receive_file(rest, grant, field, unclaimed).await;
        }
    }
    Err(FileError::BadForm("the form has no field named file".into()))
}

async fn receive_file(
    rest: &Rest,
    grant: UploadGrant,
    mut field: Field<'_>,
    unclaimed: &Unclaimed,
) -> Result<(), FileError> {
    let offer = Offer {
        name: field.file_name().unwrap_or_default().to_owned(),
        content_type: field.content_type().unwrap_or_default().to_owned(),
    };
    let mut upload = rest.files.begin_upload(grant, offer).await?;
    let taken = async {
        while let Some(plain) = field.chunk().await.map_err(broken)? {
            unclaimed.claim();
            upload.write(&plain).await?;
        }
        Ok::<_, FileError>(())
    };
    match taken.await {
        Ok(()) => {
            upload.finish().await?;
            Ok(())
        }
        Err(error) => {
            upload.abort().await?;
            Err(error)
        }
    }
}

/// Reads to the end of the form, or to the end of the reader's patience.
async fn drain_form(form: &mut Multipart) {
    while let Ok(Some(mut field)) = form.next_field().await {
        while let Ok(Some(_)) = field.chunk().await {}
    }
}

fn broken(error: axum::extract::multipart::MultipartError) -> FileError {
    FileError::BadForm(format!("the form broke off or is not well formed: {error}"))
}
