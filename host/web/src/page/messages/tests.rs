//! Both languages say the same, with the same room in it.

use super::*;
use crate::page::reader::Language;

#[test]
fn both_languages_leave_the_same_room() {
    let rooms = |text: &str| text.matches("{}").count();
    let of_alerts = alerting::ENGLISH.pairs().into_iter().zip(alerting::PORTUGUESE.pairs());
    let of_replies =
        ReplyMessages::of(Language::English).pairs().into_iter().zip(ReplyMessages::of(Language::Portuguese).pairs());
    for ((key, english), (_, portuguese)) in
        ENGLISH.pairs().into_iter().zip(PORTUGUESE.pairs()).chain(of_alerts).chain(of_replies)
    {
        assert_eq!(rooms(english), rooms(portuguese), "{key}");
        assert!(!english.is_empty() && !portuguese.is_empty(), "{key}");
    }
    assert_eq!(filled("{} of {}", &["1", "2"]), "1 of 2");
    assert_eq!(filled("{} of {}", &["1"]), "1 of ");
}
