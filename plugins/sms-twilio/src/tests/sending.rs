//! What Twilio is asked, and what is made of its answers.

use super::*;

const CONFIG: &str =
    r#"{"account":"AC0123456789abcdef0123456789abcdef","to":["+4930123456","+4930123457"],"from":"+15005550006"}"#;

fn url() -> String {
    format!("https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
}

fn created(sid: &str) -> vitrine_sdk::http::Response {
    response(201, &format!(r#"{{"sid":"{sid}","status":"queued","num_segments":"1","error_code":null}}"#))
}

fn deliver(config: &str) -> Result<Receipt, Failure> {
    let mut sms: Sms = configure(config).unwrap();
    sms.deliver(&notification("disk & co", vec![alert()]), "key-1")
}

#[test]
fn each_is_told_and_noted_with_twilios_name() {
    let host = Host::new();
    host.set_links("https://vitrine.example");
    host.answer(&url(), created("SM1"));
    host.answer(&url(), created("SM2"));
    let receipt = deliver(CONFIG).unwrap();
    assert_eq!((receipt.answer.as_str(), receipt.id), ("1 part; queued", None));
    let requests = host.requests();
    let body = String::from_utf8(requests[0].body.clone()).unwrap();
    assert_eq!(
        body,
        "To=%2B4930123456&Body=FIRING+critical%3A+disk+%26+co%0Ahttps%3A%2F%2Fvitrine.example%2Falerts%230123456789abcdef%0A\
         Answer+ACK+or+SILENCE+2H&From=%2B15005550006&StatusCallback=https%3A%2F%2Fvitrine.example%2Fcallbacks%2Ftwilio"
    );
    assert_eq!((requests[0].method.as_str(), requests[0].redirects), ("POST", 0));
    assert_eq!(requests[0].secrets[0].name, "auth_token");
    assert!(matches!(&requests[0].secrets[0].placement, Placement::Basic(user) if user == ACCOUNT));
    let told: Vec<(String, Option<String>)> = host.told().into_iter().map(|told| (told.person, told.id)).collect();
    assert_eq!(told, [("+4930123456".to_owned(), Some("SM1".to_owned())), ("+4930123457".to_owned(), Some("SM2".to_owned()))]);
    // Another try of the same finds nobody left.
    deliver(CONFIG).unwrap();
    assert_eq!(host.requests().len(), 2);
}

#[test]
fn a_service_may_choose_the_sender_and_nobody_reports_where_nobody_can() {
    let host = Host::new();
    host.answer(&url(), created("SM1"));
    let service = "MG0123456789abcdef0123456789abcdef";
    let receipt = deliver(&format!(r#"{{"account":"{ACCOUNT}","to":["+4930123456"],"messaging_service":"{service}"}}"#)).unwrap();
    assert_eq!((receipt.answer.as_str(), receipt.id.as_deref()), ("1 part; queued", Some("SM1")));
    let body = String::from_utf8(host.requests()[0].body.clone()).unwrap();
    assert!(body.ends_with(&format!("&MessagingServiceSid={service}")) && !body.contains("StatusCallback"), "{body}");
}

#[test]
fn answers_say_whether_to_try_again() {
    let check = |status: u16, body: &str, wait: Option<&str>, expected: fn(&Failure) -> bool| {
        let host = Host::new();
        let mut answer = response(status, body);
        if let Some(wait) = wait {
            answer.headers.push(vitrine_sdk::http::Header { name: "Retry-After".to_owned(), value: wait.to_owned() });
        }
        host.answer(&url(), answer);
        let failure = deliver(CONFIG).unwrap_err();
        assert!(expected(&failure), "{status}: {failure:?}");
        assert!(host.told().is_empty());
    };
    let error = |code: u32| {
        format!(r#"{{"code":{code},"message":"no","more_info":"https://www.twilio.com/docs/errors/{code}","status":400}}"#)
    };
    check(400, &error(21_211), None, |failure| matches!(failure, Failure::Permanent(Fault::Upstream(_))));
    check(400, &error(21_610), None, |failure| matches!(failure, Failure::Permanent(Fault::Upstream(_))));
    check(400, &error(21_606), None, |failure| matches!(failure, Failure::Retry(Fault::Invalid(_))));
    check(401, &error(20_003), None, |failure| matches!(failure, Failure::Retry(Fault::Invalid(_))));
    check(429, &error(20_429), Some("7"), |failure| matches!(failure, Failure::RetryAfter(later) if later.seconds == 7));
    check(503, "", Some("999999"), |failure| matches!(failure, Failure::RetryAfter(later) if later.seconds == 3_600));
    check(500, "<html>", None, |failure| matches!(failure, Failure::Retry(Fault::Upstream(_))));
}

#[test]
fn a_number_that_is_none_hinders_nobody() {
    let host = Host::new();
    host.answer(&url(), response(400, r#"{"code":21211,"message":"Invalid 'To' Phone Number","status":400}"#));
    host.answer(&url(), created("SM2"));
    let receipt = deliver(CONFIG).unwrap();
    assert_eq!(receipt.answer, "1 part; queued; +4930123456: Twilio says: Invalid 'To' Phone Number (error 21211)");
}

#[test]
fn a_line_that_breaks_is_tried_again() {
    let host = Host::new();
    host.fail(&url(), Error::Timeout("too slow".to_owned()));
    assert!(matches!(deliver(CONFIG), Err(Failure::Retry(Fault::Upstream(_)))));
}

#[test]
fn the_sender_is_one_of_two() {
    let reason = |config: &str| configure::<Sms>(config).unwrap_err().reason().to_owned();
    assert!(reason(r#"{"account":"AC","to":["+491"]}"#).starts_with("`from`: give the number"));
    assert!(reason(r#"{"account":"AC","to":["+491"],"from":"a","messaging_service":"b"}"#).contains("one of the two"));
    assert!(reason(r#"{"account":"AC","to":[],"from":"a"}"#).contains("at least one number"));
}
