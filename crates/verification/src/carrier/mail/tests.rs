//! A mail server with TLS of the test's own.

use std::path::Path;
use std::sync::Arc;

use cerulean_types::Contact;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use super::*;

/// What a client has to send to sign in: the base64 of two names with zero bytes before them.
const SIGN_IN: &str = "AUTH PLAIN AGNlcnVsZWFuAGEgcGFzc3dvcmQ=";

/// An authority whose certificate is in a file.
struct Authority {
    folder: TempDir,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Tested authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        std::fs::write(folder.path().join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        Self { folder, issuer: Issuer::new(params, key) }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// What a server with this name shows.
    fn acceptor(&self, name: &str) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Lines that a server was told, each with whether TLS protected it.
type Heard = mpsc::UnboundedReceiver<(bool, String)>;

struct MailServer {
    security: MailSecurity,
    acceptor: TlsAcceptor,
    heard: mpsc::UnboundedSender<(bool, String)>,
}

impl MailServer {
    async fn start(security: MailSecurity, acceptor: TlsAcceptor) -> (u16, Heard) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (heard, lines) = mpsc::unbounded_channel();
        let server = Self { security, acceptor, heard };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that does not like the certificate breaks off.
                let _ = server.session(stream).await;
            }
        });
        (port, lines)
    }

    async fn session(&self, stream: TcpStream) -> std::io::Result<()> {
        if self.security == MailSecurity::Tls {
            let stream = self.acceptor.accept(stream).await?;
            return self.talk(&mut BufReader::new(stream), true, true).await.map(drop);
        }
        let mut plain = BufReader::new(stream);
        if self.talk(&mut plain, false, true).await? {
            let stream = self.acceptor.accept(plain.into_inner()).await?;
            self.talk(&mut BufReader::new(stream), true, false).await?;
        }
        Ok(())
    }

    /// Answers until the other side is gone, or wants TLS.
    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut BufReader<S>,
        is_safe: bool,
        greets: bool,
    ) -> std::io::Result<bool> {
        if greets {
            stream.write_all(b"220 ready\r\n").await?;
            stream.flush().await?;
        }
        let (mut line, mut is_letter) = (String::new(), false);
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(false);
            }
            let text = line.trim_end();
            self.heard.send((is_safe, text.to_owned())).ok();
            let answer = match text.split(' ').next().unwrap_or_default() {
                "." => "250 taken\r\n",
                _ if is_letter => continue,
                "EHLO" if is_safe => "250-here\r\n250 AUTH PLAIN\r\n",
                "EHLO" => "250-here\r\n250 STARTTLS\r\n",
                "STARTTLS" => "220 go ahead\r\n",
                "AUTH" if text == SIGN_IN => "235 in\r\n",
                "AUTH" => "535 wrong\r\n",
                "DATA" => "354 go on\r\n",
                "QUIT" => "221 bye\r\n",
                _ => "250 good\r\n",
            };
            is_letter = text == "DATA";
            stream.write_all(answer.as_bytes()).await?;
            stream.flush().await?;
            if text == "STARTTLS" {
                return Ok(true);
            }
        }
    }
}

fn options(port: u16, security: MailSecurity, ca_file: Option<PathBuf>) -> MailOptions {
    MailOptions {
        host: "127.0.0.1".into(),
        port,
        security,
        ca_file,
        username: "cerulean".into(),
        password: "a password".into(),
        from: "Cerulean <no-reply@example.com>".into(),
        subject: "Code of {app}".into(),
        text: "Your code: {code}".into(),
        timeout: Duration::from_secs(10),
    }
}

async fn send(options: MailOptions) -> Result<(), String> {
    let letter = Letter {
        contact: Contact::email("alice@example.com").unwrap(),
        code: "123456".into(),
        title: "Tested".into(),
        expires_at: 0,
    };
    MailCarrier::new(options).unwrap().send(&letter).await.map_err(|failure| failure.to_string())
}

fn all(heard: &mut Heard) -> Vec<(bool, String)> {
    std::iter::from_fn(|| heard.try_recv().ok()).collect()
}

const BOTH: [MailSecurity; 2] = [MailSecurity::Tls, MailSecurity::StartTls];

#[tokio::test]
async fn letter_and_sign_in_travel_under_tls() {
    let authority = Authority::new();
    for security in BOTH {
        let (port, mut heard) = MailServer::start(security, authority.acceptor("127.0.0.1")).await;
        send(options(port, security, Some(authority.file()))).await.unwrap();
        let lines = all(&mut heard);
        let is_safe = |wanted: &str| lines.iter().find(|(_, line)| line == wanted).map(|(is_safe, _)| *is_safe);
        assert_eq!(is_safe(SIGN_IN), Some(true), "{lines:?}");
        assert_eq!(is_safe("Your code: 123456"), Some(true));
        assert_eq!(is_safe("MIME-Version: 1.0"), Some(true), "{lines:?}");
        let ids: Vec<&str> = lines.iter().filter_map(|(_, line)| line.strip_prefix("Message-ID: ")).collect();
        assert!(ids.len() == 1 && ids[0].starts_with('<') && ids[0].ends_with("@example.com>"), "{ids:?}");
        let in_the_clear = lines.iter().filter(|(is_safe, line)| !is_safe && !line.starts_with("EHLO"));
        assert!(in_the_clear.clone().all(|(_, line)| line == "STARTTLS"), "{lines:?}");
        let wrong = MailOptions { password: "another".into(), ..options(port, security, Some(authority.file())) };
        assert!(send(wrong).await.unwrap_err().contains("535"));
    }
}

#[tokio::test]
async fn servers_that_do_not_prove_who_they_are_learn_nothing() {
    let (authority, unknown) = (Authority::new(), Authority::new());
    let strangers =
        [unknown.acceptor("127.0.0.1"), authority.acceptor("mail.example.com"), authority.acceptor("127.0.0.2")];
    for security in BOTH {
        for acceptor in &strangers {
            let (port, mut heard) = MailServer::start(security, acceptor.clone()).await;
            let refused = send(options(port, security, Some(authority.file()))).await.unwrap_err();
            assert!(refused.contains("is not trusted"), "{refused}");
            let lines = all(&mut heard);
            assert!(lines.iter().all(|(_, line)| line.starts_with("EHLO") || line == "STARTTLS"), "{lines:?}");
        }
        let (port, _heard) = MailServer::start(security, authority.acceptor("127.0.0.1")).await;
        let refused = send(options(port, security, None)).await.unwrap_err();
        assert!(refused.contains("is not trusted"), "an authority is trusted only where it is named: {refused}");
    }
}

#[test]
fn authorities_must_be_readable() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.pem");
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n").unwrap();
    for path in [broken.as_path(), Path::new("/nowhere/ca.pem")] {
        let refused = MailCarrier::new(options(465, MailSecurity::Tls, Some(path.to_owned()))).err().unwrap();
        assert!(refused.contains("mail.ca_file"), "{refused}");
    }
}
