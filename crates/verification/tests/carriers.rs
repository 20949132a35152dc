//! Codes on their way: a mail server and a text message gateway of the test's own.

use std::sync::Arc;
use std::time::Duration;

use cerulean_bus::{Bus, LocalBus};
use cerulean_delivery::{Limits, Platform, PlatformOptions};
use cerulean_egress::EgressOptions;
use cerulean_jobs::{JobFilter, JobKind, JobRow, JobState, Runners, Worker, WorkerOptions};
use cerulean_storage::DbOptions;
use cerulean_types::{AppId, AppSlug, Clock, Contact};
use cerulean_vault::Vault;
use cerulean_verification::{
    Carriers, Deliver, MailCarrier, MailOptions, MailSecurity, Purpose, SmsCarrier, SmsOptions, Verification,
    VerificationError, Wordings, sms_signature,
};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

const MOBILE: &str = "13800000001";
const EMAIL: &str = "alice@example.com";

struct World {
    platform: Arc<Platform>,
    clock: Clock,
    app: AppId,
    verification: Verification,
    worker: Worker,
    _folder: tempfile::TempDir,
}

impl World {
    async fn with(carriers: Carriers) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (vault, clock) = (Vault::in_memory(), Clock::adjustable());
        let bus: Arc<dyn Bus> = Arc::new(LocalBus::default());
        let options = PlatformOptions {
            db: DbOptions::Sqlite { folder: folder.path().to_owned() },
            vault: vault.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
            limits: Limits::default(),
        };
        let platform = Platform::open(options).await.unwrap();
        let tx = platform.db.platform().await.unwrap();
        let app = tx.apps().insert(&AppSlug::parse("tested").unwrap(), "听风", 1).await.unwrap().id;
        tx.apps()
            .update(app, "normal", r#"{"mobile_codes":true,"email_codes":true,"codes_per_hour":40}"#)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        vault.ensure_app(app).unwrap();
        let options = WorkerOptions {
            poll: Duration::from_millis(20),
            ..WorkerOptions::new(platform.db.clone(), bus, clock.clone())
        };
        let deliver = Deliver { platform: platform.clone(), carriers };
        let worker = Worker::start(options, Runners::default().with(JobKind::DeliverCode, deliver));
        let verification = Verification::new(platform.clone());
        Self { platform, clock, app, verification, worker, _folder: folder }
    }

    async fn send(&self, contact: &Contact) -> Result<(), VerificationError> {
        self.verification.send_code(self.app, contact, Purpose::Any, Some([192, 0, 2, 7].into())).await
    }

    async fn check(&self, contact: &Contact, code: &str) -> Result<(), VerificationError> {
        self.verification.check_code(self.app, contact, Purpose::Any, code).await
    }

    /// The newest job, once it stands like this.
    async fn job(&self, state: JobState) -> JobRow {
        self.job_once(|row| row.state == state).await
    }

    async fn job_once(&self, is_meant: impl Fn(&JobRow) -> bool) -> JobRow {
        for _ in 0..3000 {
            let tx = self.platform.db.read(self.app).await.unwrap();
            let rows = tx.jobs().list(&JobFilter::default(), 1).await.unwrap();
            if let Some(row) = rows.into_iter().find(&is_meant) {
                return row;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the newest job never stood like this");
    }

    /// Lets the time pass until the newest job is tried again, once so many attempts failed. The clock is not turned under a running attempt: that would
    /// end its lease, and soon the time of the code.
    async fn pass_wait_after(&self, attempts: u32) -> JobRow {
        let job = self.job_once(|row| (row.state, row.attempts) == (JobState::Waiting, attempts)).await;
        self.clock.advance(job.due_at.unwrap() - self.clock.now());
        job
    }

    /// Reads the outbox of the app.
    async fn letters(&self) -> Vec<(String, String)> {
        let tx = self.platform.db.read(self.app).await.unwrap();
        let letters = tx.carrier_outbox().list(None, 50).await.unwrap();
        letters.into_iter().map(|letter| (letter.receiver, letter.content)).collect()
    }

    async fn stop(self) {
        self.worker.stop().await;
        self.platform.close().await;
    }
}

fn mobile() -> Contact {
    Contact::mobile(MOBILE).unwrap()
}

fn digits_of(text: &str) -> String {
    let digits: Vec<char> = text.chars().collect();
    let is_code = |window: &[char]| window.iter().all(char::is_ascii_digit);
    digits.windows(6).find(|window| is_code(window)).expect("six digits").iter().collect()
}

fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

// A mail server.

/// Takes letters until dropped; the first so many are put off.
async fn mail_server(put_off: usize) -> (u16, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (letters, received) = mpsc::unbounded_channel();
    let mut left = put_off;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let is_put_off = left > 0;
            left = left.saturating_sub(1);
            let _ = mail_session(stream, is_put_off, &letters).await;
        }
    });
    (port, received)
}

async fn mail_session(
    stream: TcpStream,
    is_put_off: bool,
    letters: &mpsc::UnboundedSender<String>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 ready\r\n").await?;
    let (mut line, mut letter) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim_end().to_owned();
        let answer = match command.split(' ').next().unwrap_or_default() {
            "EHLO" => "250-here\r\n250 AUTH PLAIN\r\n",
            "MAIL" if is_put_off => "451 come again\r\n",
            "AUTH" | "MAIL" | "RCPT" | "RSET" | "NOOP" => "250 good\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                while !letter.ends_with("\r\n.\r\n") {
                    stream.read_line(&mut letter).await?;
                }
                letters.send(format!("{}\n", std::mem::take(&mut letter))).ok();
                "250 taken\r\n"
            }
            _ => "221 bye\r\n",
        };
        let answer = if command.starts_with("AUTH") { "235 in\r\n" } else { answer };
        stream.write_all(answer.as_bytes()).await?;
    }
}

fn mail(port: u16, security: MailSecurity) -> MailOptions {
    MailOptions {
        host: "127.0.0.1".into(),
        port,
        security,
        ca_file: None,
        username: "cerulean".into(),
        password: "a password".into(),
        from: "Cerulean <no-reply@example.com>".into(),
        subject: "Code of {app}".into(),
        text: "Your code: {code}".into(),
        timeout: Duration::from_secs(5),
    }
}

async fn world_with_mail(options: MailOptions) -> World {
    World::with(Carriers { mail: Some(MailCarrier::new(options).unwrap()), ..Carriers::default() }).await
}

#[tokio::test]
async fn code_comes_by_mail_and_is_good_once() {
    let (port, mut letters) = mail_server(0).await;
    let world = world_with_mail(mail(port, MailSecurity::None)).await;
    let alice = Contact::email(EMAIL).unwrap();
    world.send(&alice).await.unwrap();
    let letter = letters.recv().await.unwrap();
    assert!(letter.contains("To: alice@example.com") && letter.contains("From: Cerulean"), "{letter}");
    let code = digits_of(letter.split("\r\n\r\n").nth(1).unwrap());
    assert_eq!(world.job(JobState::Done).await.result.unwrap(), r#"{"carrier":"mail"}"#);
    assert!(matches!(world.check(&alice, &other_than(&code)).await, Err(VerificationError::WrongCode)));
    world.check(&alice, &code).await.unwrap();
    assert!(matches!(world.check(&alice, &code).await, Err(VerificationError::WrongCode)), "used up");
    world.stop().await;
}

#[tokio::test]
async fn letter_that_is_put_off_goes_out_later() {
    let (port, mut letters) = mail_server(1).await;
    let world = world_with_mail(mail(port, MailSecurity::None)).await;
    world.send(&Contact::email(EMAIL).unwrap()).await.unwrap();
    let job = world.pass_wait_after(1).await;
    assert!(job.error.unwrap().contains("put it off"));
    assert_eq!(world.job(JobState::Done).await.attempts, 2);
    letters.recv().await.unwrap();
    world.stop().await;
}

#[tokio::test]
async fn nothing_leaves_in_the_clear_where_tls_is_asked_for() {
    let (port, mut letters) = mail_server(0).await;
    let world = world_with_mail(mail(port, MailSecurity::StartTls)).await;
    world.send(&Contact::email(EMAIL).unwrap()).await.unwrap();
    while world.platform.db.read(world.app).await.unwrap().jobs().list(&JobFilter::default(), 1).await.unwrap()[0]
        .error
        .is_none()
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(letters.try_recv().is_err());
    world.stop().await;
}

#[test]
fn sender_must_be_an_address() {
    assert!(MailCarrier::new(MailOptions { from: "nobody".into(), ..mail(25, MailSecurity::None) }).is_err());
}

// A gateway for text messages.

#[derive(Debug)]
struct Asked {
    line: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Asked {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// Answers with these one after the other, and with the last for ever.
async fn gateway(answers: Vec<&'static str>) -> (String, mpsc::UnboundedReceiver<Asked>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut answers = answers.into_iter().peekable();
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let mut lines = Vec::new();
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).await.unwrap();
                if line.trim().is_empty() {
                    break;
                }
                lines.push(line.trim_end().to_owned());
            }
            let headers: Vec<_> = lines[1..]
                .iter()
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect();
            let length = headers.iter().find(|(name, _)| name == "content-length");
            let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
            stream.read_exact(&mut body).await.unwrap();
            tell.send(Asked { line: lines[0].clone(), headers, body: String::from_utf8(body).unwrap() }).ok();
            let answer = if answers.len() > 1 { answers.next().unwrap() } else { *answers.peek().unwrap() };
            let (status, text) = answer.split_once(' ').unwrap();
            let reply =
                format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}", text.len());
            stream.write_all(reply.as_bytes()).await.unwrap();
        }
    });
    (base, told)
}

fn sms(url: String) -> SmsOptions {
    SmsOptions {
        url,
        method: "POST".into(),
        headers: vec!["X-Account: cerulean".into()],
        body: r#"{"to":"{mobile}","text":"{text}"}"#.into(),
        content_type: "application/json".into(),
        text: "【{app}】\"{code}\"".into(),
        secret: "a shared secret".into(),
        success_contains: "\"code\":0".into(),
        timeout: Duration::from_secs(5),
    }
}

async fn world_with_sms(options: SmsOptions) -> World {
    // Ports and networks are for addresses that others chose; the gateway is the operator's.
    let egress = EgressOptions { ports: vec![443], ..EgressOptions::default() };
    let sms = SmsCarrier::new(egress, options).unwrap();
    World::with(Carriers { sms: Some(sms), ..Carriers::default() }).await
}

#[tokio::test]
async fn gateway_gets_a_signed_request_of_the_configured_form() {
    let (base, mut asked) = gateway(vec![r#"200 {"code":0}"#]).await;
    let url = format!("{base}/send?to={{mobile}}");
    let world = world_with_sms(sms(url)).await;
    world.send(&mobile()).await.unwrap();
    let request = asked.recv().await.unwrap();
    assert_eq!(request.line, format!("POST /send?to={MOBILE} HTTP/1.1"));
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("x-account"), "cerulean");
    let code = digits_of(request.body.split("text").nth(1).unwrap());
    assert_eq!(request.body, format!(r#"{{"to":"{MOBILE}","text":"【听风】\"{code}\""}}"#), "escaped as JSON wants it");
    let timestamp = request.header("x-cerulean-timestamp");
    assert!((timestamp.parse::<i64>().unwrap() - world.clock.now() / 1000).abs() < 60);
    let sent_to = format!("{base}/send?to={MOBILE}");
    let expected = sms_signature("a shared secret", timestamp, "POST", &sent_to, &request.body);
    assert_eq!(request.header("x-cerulean-signature"), expected);
    world.job(JobState::Done).await;
    world.check(&mobile(), &code).await.unwrap();
    world.stop().await;
}

#[tokio::test]
async fn gateway_that_stumbles_is_asked_again_and_one_that_refuses_is_not() {
    let (base, mut asked) = gateway(vec!["500 down", r#"200 {"code":7}"#, r#"200 {"code":0}"#]).await;
    let world = world_with_sms(sms(format!("{base}/send"))).await;
    world.send(&mobile()).await.unwrap();
    for attempt in 1..=2 {
        world.pass_wait_after(attempt).await;
    }
    assert_eq!(world.job(JobState::Done).await.attempts, 3);
    for _ in 0..3 {
        asked.recv().await.unwrap();
    }
    world.stop().await;

    let (base, _asked) = gateway(vec!["403 no"]).await;
    let world = world_with_sms(sms(format!("{base}/send"))).await;
    world.send(&mobile()).await.unwrap();
    let job = world.job(JobState::Failed).await;
    assert_eq!(job.attempts, 1);
    let error = job.error.unwrap();
    assert!(error.contains("403") && !error.contains(MOBILE), "{error}");
    world.stop().await;
}

#[test]
fn signature_is_that_of_the_documents() {
    let signature = sms_signature("key", "1700000000", "POST", "https://sms.example.com/send", "{}");
    assert_eq!(signature.len(), 64);
    assert_ne!(signature, sms_signature("key", "1700000001", "POST", "https://sms.example.com/send", "{}"));
    assert_ne!(signature, sms_signature("kez", "1700000000", "POST", "https://sms.example.com/send", "{}"));
}

// Rules of codes, with the outbox as the carrier.

/// The newest code, once so many letters are there and the job that wrote the last one has ended.
async fn code_in_outbox(world: &World, letters: usize) -> String {
    world.job(JobState::Done).await;
    for _ in 0..1000 {
        let there = world.letters().await;
        if there.len() == letters {
            return digits_of(&there[0].1);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the outbox does not hold {letters} letters");
}

#[tokio::test]
async fn codes_end_with_their_time_their_tries_and_the_next_code() {
    let world = World::with(Carriers::default()).await;
    world.send(&mobile()).await.unwrap();
    let first = code_in_outbox(&world, 1).await;
    assert!(matches!(world.send(&mobile()).await, Err(VerificationError::TooManyCodes)), "one in a minute");
    world.clock.advance(60_001);
    world.send(&mobile()).await.unwrap();
    let second = code_in_outbox(&world, 2).await;
    if first != second {
        assert!(matches!(world.check(&mobile(), &first).await, Err(VerificationError::WrongCode)), "void");
    }
    world.check(&mobile(), &second).await.unwrap();

    world.clock.advance(60_001);
    world.send(&mobile()).await.unwrap();
    let late = code_in_outbox(&world, 3).await;
    world.clock.advance(5 * 60_000);
    assert!(matches!(world.check(&mobile(), &late).await, Err(VerificationError::WrongCode)), "past its time");

    world.send(&mobile()).await.unwrap();
    let guessed = code_in_outbox(&world, 4).await;
    for _ in 0..5 {
        assert!(matches!(world.check(&mobile(), &other_than(&guessed)).await, Err(VerificationError::WrongCode)));
    }
    assert!(matches!(world.check(&mobile(), &guessed).await, Err(VerificationError::TooManyAttempts)));
    world.stop().await;
}

#[tokio::test]
async fn codes_are_for_one_contact_end_and_app() {
    let world = World::with(Carriers::default()).await;
    world.send(&mobile()).await.unwrap();
    let code = code_in_outbox(&world, 1).await;
    let other = Contact::mobile("13800000002").unwrap();
    assert!(matches!(world.check(&other, &code).await, Err(VerificationError::WrongCode)));
    let to_another_end = world.verification.check_code(world.app, &mobile(), Purpose::ResetPassword, &code).await;
    assert!(matches!(to_another_end, Err(VerificationError::WrongCode)));
    let app = AppId(world.app.0 + 1);
    let in_another_app = world.verification.check_code(app, &mobile(), Purpose::Any, &code).await;
    assert!(matches!(in_another_app, Err(VerificationError::FeatureOff)));
    let contact = mobile();
    let (one, two) = tokio::join!(world.check(&contact, &code), world.check(&contact, &code));
    assert!(one.is_ok() != two.is_ok(), "of two at once one is let through");
    world.stop().await;
}

#[tokio::test]
async fn floods_are_stopped_by_number_address_and_app() {
    let world = World::with(Carriers::default()).await;
    for hour in 0..2 {
        let mut sent = 0;
        for _ in 0..20 {
            world.clock.advance(60_001);
            sent += usize::from(world.send(&mobile()).await.is_ok());
        }
        assert_eq!(sent, 5, "in hour {hour}");
        world.clock.advance(60 * 60_000);
    }
    let from = |address: u8, number: u32| {
        let contact = Contact::mobile(&format!("139{number:08}")).unwrap();
        let verification = world.verification.clone();
        let app = world.app;
        async move { verification.send_code(app, &contact, Purpose::Any, Some([192, 0, 2, address].into())).await.is_ok() }
    };
    let mut sent = 0;
    for number in 0..35 {
        sent += usize::from(from(9, number).await);
    }
    assert_eq!(sent, 30, "of one address");
    for number in 100..130 {
        sent += usize::from(from(number as u8, number).await);
    }
    assert_eq!(sent, 40, "of the app, with those of the address");
    world.stop().await;
}

#[tokio::test]
async fn outbox_shows_what_would_have_been_sent() {
    let wordings = Wordings {
        mail_subject: "Code of {app}".into(),
        mail_text: "Your code: {code}\n".into(),
        sms_text: "[{app}] {code}".into(),
    };
    let world = World::with(Carriers { wordings, ..Carriers::default() }).await;
    for (contact, before, after) in
        [(mobile(), "[听风] ", ""), (Contact::email(EMAIL).unwrap(), "Code of 听风\n\nYour code: ", "\n")]
    {
        world.send(&contact).await.unwrap();
        world.job(JobState::Done).await;
        let (receiver, content) = world.letters().await.remove(0);
        assert_eq!(receiver, contact.as_str());
        assert_eq!(content, format!("{before}{}{after}", digits_of(&content)));
    }
    world.stop().await;
}

#[tokio::test]
async fn what_is_not_to_be_sent_costs_and_counts_the_same() {
    let world = World::with(Carriers::default()).await;
    let unknown = world.verification.send_code_if(false, world.app, &mobile(), Purpose::ResetPassword, None).await;
    unknown.unwrap();
    let again = world.verification.send_code_if(false, world.app, &mobile(), Purpose::ResetPassword, None).await;
    assert!(matches!(again, Err(VerificationError::TooManyCodes)));
    assert!(world.letters().await.is_empty());
    world.stop().await;
}
