//! Groups of alerts, their members and what was told of each; a step of planning is one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, Transaction, params};
use vitrine_model::Millis;
use vitrine_model::port::StoreError;
use vitrine_model::port::notices::{GroupRow, MemberRow, NoticeChange, Notices, RateRow, Told};

use super::alerts::{ALERT, read_alert};
use super::code::{bits, labels_from_text, labels_to_text};
use super::{Database, Trouble, deliveries, silences};

#[derive(Debug)]
pub(crate) struct SqliteNotices(pub(crate) Arc<Database>);

impl Notices for SqliteNotices {
    fn load(&self) -> Result<(Vec<GroupRow>, Vec<MemberRow>), StoreError> {
        self.0.read(|connection| Ok((groups(connection)?, members(connection)?)))
    }

    fn rates(&self) -> Result<Vec<RateRow>, StoreError> {
        self.0.read(rates)
    }

    fn commit(&self, change: &NoticeChange) -> Result<(), StoreError> {
        if change.is_empty() {
            return Ok(());
        }
        self.0.write(|transaction| {
            mark(transaction, &change.planned)?;
            change.gone_groups.iter().try_for_each(|key| forget(transaction, key))?;
            change.groups.iter().try_for_each(|group| set_group(transaction, group))?;
            for (group, rule, labels) in &change.gone_members {
                transaction
                    .prepare_cached("DELETE FROM notice_members WHERE group_key = ?1 AND rule = ?2 AND labels = ?3")?
                    .execute(params![group, rule, labels_to_text(labels)?])?;
            }
            change.members.iter().try_for_each(|member| set_member(transaction, member))?;
            for (receiver, channel) in &change.gone_rates {
                transaction
                    .prepare_cached("DELETE FROM notice_rates WHERE receiver = ?1 AND channel = ?2")?
                    .execute(params![receiver, channel])?;
            }
            change.rates.iter().try_for_each(|rate| set_rate(transaction, rate))?;
            change.acknowledged.iter().try_for_each(|given| silences::acknowledge(transaction, given))?;
            change.reminded.iter().try_for_each(|id| silences::reminded(transaction, id))?;
            deliveries::insert(transaction, &change.deliveries)
        })
    }
}

fn mark(transaction: &Transaction<'_>, events: &[i64]) -> Result<(), Trouble> {
    let mut mark = transaction.prepare_cached("UPDATE events SET planned = 1 WHERE id = ?1")?;
    for id in events {
        mark.execute([id])?;
    }
    Ok(())
}

fn forget(transaction: &Transaction<'_>, key: &str) -> Result<(), Trouble> {
    transaction.prepare_cached("DELETE FROM notice_groups WHERE key = ?1")?.execute([key])?;
    transaction.prepare_cached("DELETE FROM notice_members WHERE group_key = ?1")?.execute([key])?;
    Ok(())
}

fn set_group(transaction: &Transaction<'_>, group: &GroupRow) -> Result<(), Trouble> {
    let told_at: BTreeMap<&str, Millis> = group.told_at.iter().map(|(channel, at)| (channel.as_str(), *at)).collect();
    let climb = group.climb.as_ref().map(written).transpose()?;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO notice_groups (key, labels, anchor, flushed_at, told_at, climb) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![group.key, labels_to_text(&group.labels)?, group.anchor, group.flushed_at, written(&told_at)?, climb])?;
    Ok(())
}

fn set_member(transaction: &Transaction<'_>, member: &MemberRow) -> Result<(), Trouble> {
    let told: BTreeMap<&str, Told> = member.told.iter().map(|(channel, kind)| (channel.as_str(), *kind)).collect();
    let alert = &member.alert;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO notice_members
             (group_key, rule, labels, annotations, state, active_at, fired_at, value, link, expires_at, ended_at, told)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            member.group,
            alert.rule,
            labels_to_text(&alert.labels)?,
            labels_to_text(&alert.annotations)?,
            alert.state.word(),
            alert.active_at,
            alert.fired_at,
            bits(alert.value),
            alert.link,
            alert.expires_at,
            member.ended_at,
            written(&told)?
        ])?;
    Ok(())
}

fn set_rate(transaction: &Transaction<'_>, rate: &RateRow) -> Result<(), Trouble> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO notice_rates (receiver, channel, told, digest_at, gathers_since, put_off)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            rate.receiver,
            rate.channel,
            written(&rate.told)?,
            rate.digest_at,
            rate.gathers_since,
            rate.put_off.cast_signed()
        ])?;
    Ok(())
}

fn written(told: &impl serde::Serialize) -> Result<String, Trouble> {
    serde_json::to_string(told).map_err(|error| Trouble::Refused(format!("what was told cannot be written: {error}")))
}

fn groups(connection: &Connection) -> Result<Vec<GroupRow>, Trouble> {
    let mut statement = connection.prepare_cached("SELECT key, labels, anchor, flushed_at, told_at, climb FROM notice_groups")?;
    let mut rows = statement.query([])?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next()? {
        let key: String = row.get(0)?;
        let wrong = |error| Trouble::Refused(format!("the group {key:?} of alerts cannot be read: {error}"));
        let told_at: BTreeMap<String, Millis> = serde_json::from_str(&row.get::<_, String>(4)?).map_err(wrong)?;
        let climb = row.get::<_, Option<String>>(5)?.map(|text| serde_json::from_str(&text).map_err(wrong)).transpose()?;
        groups.push(GroupRow {
            climb,
            labels: labels_from_text(&row.get::<_, String>(1)?)?,
            anchor: row.get(2)?,
            flushed_at: row.get(3)?,
            told_at: told_at.into_iter().collect(),
            key,
        });
    }
    Ok(groups)
}

fn rates(connection: &Connection) -> Result<Vec<RateRow>, Trouble> {
    let sql = "SELECT receiver, channel, told, digest_at, gathers_since, put_off FROM notice_rates ORDER BY receiver, channel";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut rates = Vec::new();
    while let Some(row) = rows.next()? {
        let receiver: String = row.get(0)?;
        let wrong = |error| Trouble::Refused(format!("what the receiver {receiver:?} was told cannot be read: {error}"));
        rates.push(RateRow {
            channel: row.get(1)?,
            told: serde_json::from_str(&row.get::<_, String>(2)?).map_err(wrong)?,
            digest_at: row.get(3)?,
            gathers_since: row.get(4)?,
            put_off: row.get::<_, i64>(5)?.cast_unsigned(),
            receiver,
        });
    }
    Ok(rates)
}

fn members(connection: &Connection) -> Result<Vec<MemberRow>, Trouble> {
    let mut statement = connection.prepare_cached(&format!("SELECT group_key, ended_at, told, {ALERT} FROM notice_members"))?;
    let mut rows = statement.query([])?;
    let mut members = Vec::new();
    while let Some(row) = rows.next()? {
        let group: String = row.get(0)?;
        let wrong = |error| Trouble::Refused(format!("an alert of the group {group:?} cannot be read: {error}"));
        let told: BTreeMap<String, Told> = serde_json::from_str(&row.get::<_, String>(2)?).map_err(wrong)?;
        let (alert, ended_at) = (read_alert(row, 3)?, row.get(1)?);
        members.push(MemberRow { alert, ended_at, told: told.into_iter().collect(), group });
    }
    Ok(members)
}
