//! What `sysinfo` tells on systems without `/proc`: shares instead of counters, so processor modes stay empty.

use crate::bindings::imported::system::{Load, Memory, Network, Sections, Snapshot};

#[expect(clippy::cast_precision_loss, reason = "samples are doubles")]
pub(super) fn fill(snapshot: &mut Snapshot, sections: Sections) -> Result<(), String> {
    if sections.contains(Sections::LOAD) {
        let load = sysinfo::System::load_average().map_err(|error| format!("the load cannot be read: {error}"))?;
        snapshot.load = Some(Load { one: load.one, five: load.five, fifteen: load.fifteen });
    }
    if sections.contains(Sections::UPTIME) {
        let boot = sysinfo::System::boot_time().map_err(|error| format!("the boot time cannot be read: {error}"))?;
        snapshot.boot_time = Some(boot as f64);
    }
    if sections.contains(Sections::MEMORY) {
        snapshot.memory = Some(memory());
    }
    if sections.contains(Sections::NETWORK) {
        let devices = sysinfo::Networks::new_with_refreshed_list();
        snapshot.network = devices.iter().map(|(name, data)| network(name, data)).collect();
    }
    Ok(())
}

fn memory() -> Memory {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    Memory {
        total: system.total_memory(),
        free: system.free_memory(),
        available: system.available_memory(),
        buffers: 0,
        cached: 0,
        swap_total: system.total_swap(),
        swap_free: system.free_swap(),
    }
}

fn network(name: &str, data: &sysinfo::NetworkData) -> Network {
    Network {
        device: name.to_owned(),
        receive_bytes: data.total_received(),
        receive_packets: data.total_packets_received(),
        receive_errors: data.total_errors_on_received(),
        receive_drops: 0,
        transmit_bytes: data.total_transmitted(),
        transmit_packets: data.total_packets_transmitted(),
        transmit_errors: data.total_errors_on_transmitted(),
        transmit_drops: 0,
    }
}
