//! TLS: own certificate files, or a certificate authority made for development.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use cerulean_config::Config;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What the configuration asks for: nothing on loopback, otherwise certificates, unless the operator insists.
pub(crate) fn from_config(config: &Config) -> anyhow::Result<Option<Arc<ServerConfig>>> {
    let tls = &config.server.tls;
    if let (Some(certificate), Some(key)) = (&tls.cert_file, &tls.key_file) {
        return load(certificate, key).map(Some);
    }
    if tls.dev_ca {
        return development(&config.data.folder.join("tls"), &config.server.listen.ip().to_string()).map(Some);
    }
    if config.server.is_loopback() || config.server.insecure_i_know {
        return Ok(None);
    }
    bail!(
        "refusing to listen on {} without TLS: give --cert and --key, or --dev-ca for development, or --insecure-i-know behind a proxy that brings TLS",
        config.server.listen
    )
}

fn load(certificate: &Path, key: &Path) -> anyhow::Result<Arc<ServerConfig>> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .with_context(|| format!("cannot read the certificate chain {}", certificate.display()))?;
    let key =
        PrivateKeyDer::from_pem_file(key).with_context(|| format!("cannot read the private key {}", key.display()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("TLS versions")?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("certificate and key do not fit together")?;
    Ok(Arc::new(config))
}

/// Makes what is missing of `ca.pem`, `server.pem` and `server.key` and loads them.
fn development(folder: &Path, address: &str) -> anyhow::Result<Arc<ServerConfig>> {
    let (certificate, key) = (folder.join("server.pem"), folder.join("server.key"));
    if !certificate.exists() || !key.exists() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let authority_key = KeyPair::generate()?;
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, "Cerulean development authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority_certificate = authority.self_signed(&authority_key)?;
        let issuer = Issuer::new(authority, authority_key);
        let names = ["localhost", "127.0.0.1", "::1", address].map(str::to_owned).to_vec();
        let server_key = KeyPair::generate()?;
        let server = CertificateParams::new(names)?.signed_by(&server_key, &issuer)?;
        std::fs::write(folder.join("ca.pem"), authority_certificate.pem())?;
        std::fs::write(&certificate, server.pem())?;
        write_private(&key, &server_key.serialize_pem())?;
    }
    tracing::info!("development certificates are in {}; tell clients to trust ca.pem there", folder.display());
    load(&certificate, &key)
}

fn write_private(file: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;

    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(file)?.write_all(text.as_bytes())?;
    Ok(())
}
