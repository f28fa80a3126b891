//! Several people: each gets a message, nobody gets two, and who cannot be reached hinders no other.

use super::*;

const TWO: &str = r#"{"to":["ada@shop.example","bob@shop.example"]}"#;

#[test]
fn each_gets_a_message_with_links_of_their_own() {
    let host = host();
    let mut email: Email = configure(TWO).unwrap();
    assert_eq!(email.deliver(&notification(vec![alert()]), "key").unwrap().answer, "250 ok");
    let mails = host.mails();
    assert_eq!(mails.iter().map(|mail| mail.to.as_slice()).collect::<Vec<_>>(), [["ada@shop.example"], ["bob@shop.example"]]);
    assert_ne!(mails[0].key, mails[1].key);
    assert!(mails.iter().all(|mail| mail.key.starts_with("key-") && mail.thread.as_deref() == Some("group-1")));
    assert!(mails[1].text.contains("acknowledge-0-bob@shop.example") && !mails[1].text.contains("ada@"));
    let told = host.told();
    assert_eq!((told[0].person.as_str(), told[0].answer.as_str()), ("ada@shop.example", "250 ok"));
    assert_eq!(told[0].id.as_ref(), Some(&mails[0].key));
}

#[test]
fn whoever_has_it_is_left_out_of_the_next_try() {
    let host = host();
    let mut email: Email = configure(TWO).unwrap();
    email.deliver(&notification(vec![alert()]), "key").unwrap();
    assert_eq!(email.deliver(&notification(vec![alert()]), "key").unwrap().answer, "all 2 have it already");
    assert_eq!(host.mails().len(), 2);
}

#[test]
fn failures_say_whether_to_try_again() {
    let check = |config: &str, error: Option<mail::Error>, expected: fn(&Failure) -> bool| {
        let host = Host::new();
        if let Some(error) = error {
            host.set_mail(Err(error));
        }
        let mut email: Email = configure(config).unwrap();
        let failure = email.deliver(&notification(vec![alert()]), "key").unwrap_err();
        assert!(expected(&failure), "{failure:?}");
        assert!(host.told().is_empty());
    };
    let reason = || "because".to_owned();
    for config in [ONE, TWO] {
        check(config, Some(mail::Error::Refused(reason())), |failure| matches!(failure, Failure::Permanent(Fault::Upstream(_))));
        check(config, Some(mail::Error::Unavailable(reason())), |failure| matches!(failure, Failure::Retry(Fault::Upstream(_))));
        check(config, Some(mail::Error::Invalid(reason())), |failure| matches!(failure, Failure::Permanent(Fault::Invalid(_))));
        check(config, None, |failure| matches!(failure, Failure::Retry(Fault::Denied(_))));
    }
}

#[test]
fn one_who_is_refused_hinders_nobody() {
    let host = host();
    let mut email: Email = configure(r#"{"to":["ada@shop.example"]}"#).unwrap();
    email.deliver(&notification(vec![alert()]), "key").unwrap();
    // Bob is new, and the relay does not know him.
    host.set_mail(Err(mail::Error::Refused("550 no such person".to_owned())));
    let mut email: Email = configure(TWO).unwrap();
    assert_eq!(email.deliver(&notification(vec![alert()]), "key").unwrap().answer, "bob@shop.example: 550 no such person");
}
