//! Whom this node reaches, who reaches it, and which records have no road to somebody who should read them.

use std::collections::{BTreeMap, BTreeSet};

use charter::Charter;
use driver::{Links, Over, Probe};
use identity::{NodeKey, OfficeId};
use serde::{Deserialize, Serialize};

use crate::{
    Service,
    problem::{Code, Problem},
};

/// One way to a node that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayView {
    /// The address.
    pub address: String,
    /// quic or tcp; none when the name does not resolve.
    pub over: Option<String>,
    /// How long it took until both sides had shown their keys, in milliseconds; none when it leads nowhere.
    pub ms: Option<u64>,
    /// Why it leads nowhere.
    pub problem: Option<String>,
}

/// What is between this node and another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeReach {
    /// The other node's key.
    pub node: String,
    /// Its office's name, if the charter admits it.
    pub office: Option<String>,
    /// Over what it is connected now.
    pub connected: Option<String>,
    /// Every known way to it.
    pub ways: Vec<WayView>,
    /// Over what it called this node since this one started.
    pub calls_us_over: Vec<String>,
}

/// A scope of which nothing is known to reach an office that reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoRoad {
    /// The scope.
    pub scope: String,
    /// The office's name.
    pub office: String,
}

/// Whom this node reaches, and whom its records reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkView {
    /// Where this node listens.
    pub listens: Vec<String>,
    /// Every node of which a way is known or that called.
    pub nodes: Vec<NodeReach>,
    /// Scopes held here with an office that reads them and whose receipts count, that is not connected, and of which no
    /// receipt came back.
    pub no_road: Vec<NoRoad>,
    /// Offices that should read something held here and were never heard of: no report, no receipt, no link.
    pub never_seen: Vec<String>,
}

impl Service {
    pub(crate) async fn network(&self) -> Result<NetworkView, Problem> {
        let Some(reached) = self.node().probe().await else {
            return Err(Problem::new(
                Code::Conflict,
                "this node does not run, so nobody can reach it",
                "start it with `simpul run`, then ask again",
            ));
        };
        let charter = self.charter()?;
        let links = self.node().links();
        let mut ways: BTreeMap<NodeKey, Vec<WayView>> =
            reached.into_iter().map(|reached| (reached.node, reached.probes.iter().map(way).collect())).collect();
        for (node, _) in &links.opened_by {
            ways.entry(*node).or_default();
        }
        let nodes = ways.into_iter().map(|(node, ways)| NodeReach {
            node: node.to_string(),
            office: charter.node(&node).and_then(|node| charter.office(&node.office)).map(|office| office.name.clone()),
            connected: links.up.iter().find(|link| link.peer == node).map(|link| link.over.to_string()),
            ways,
            calls_us_over: [Over::Quic, Over::Tcp]
                .into_iter()
                .filter(|over| links.opened_by.contains(&(node, *over)))
                .map(|over| over.to_string())
                .collect(),
        });
        let nodes = nodes.collect();
        let (udp, tcp) = self.node().addresses();
        let listens = [udp.map(|it| format!("quic {it}")), tcp.map(|it| format!("tcp {it}"))];
        let (no_road, never_seen) = self.roads(&charter, &links).await?;
        Ok(NetworkView { listens: listens.into_iter().flatten().collect(), nodes, no_road, never_seen })
    }

    /// An office has a road to a scope if one of its nodes is connected here or signed for something of that scope.
    async fn roads(&self, charter: &Charter, links: &Links) -> Result<(Vec<NoRoad>, Vec<String>), Problem> {
        let office_of = |node: &NodeKey| charter.node(node).map(|node| node.office);
        let connected: BTreeSet<OfficeId> = links.up.iter().filter_map(|link| office_of(&link.peer)).collect();
        let receipts = self.node().receipts().await;
        let beacons = self.node().beacons().await;
        let mut seen: BTreeSet<OfficeId> = connected.clone();
        seen.extend(beacons.iter().filter_map(|(node, _)| office_of(node)));
        seen.extend(receipts.iter().filter_map(|(holder, _)| office_of(holder)));
        let (mut no_road, mut never_seen) = (Vec::new(), BTreeSet::new());
        for (scope, journals) in self.node().held()? {
            let signed: BTreeSet<OfficeId> = receipts
                .iter()
                .filter(|(_, receipt)| receipt.scope == scope)
                .filter_map(|(holder, _)| office_of(holder))
                .collect();
            let authors: BTreeSet<NodeKey> = journals.iter().map(|(journal, _)| journal.node).collect();
            for office in charter.readers(&scope).filter(|office| office.id != self.node().office()) {
                let counts = office
                    .nodes
                    .iter()
                    .filter(|node| charter.is_active(node))
                    .any(|node| authors.iter().any(|author| sync::receipt_counts(charter, node, author, &scope)));
                if !counts || connected.contains(&office.id) || signed.contains(&office.id) {
                    continue;
                }
                if seen.contains(&office.id) {
                    no_road.push(NoRoad { scope: scope.to_string(), office: office.name.clone() });
                } else {
                    never_seen.insert(office.name.clone());
                }
            }
        }
        Ok((no_road, never_seen.into_iter().collect()))
    }
}

fn way(probe: &Probe) -> WayView {
    let (ms, problem) = match &probe.outcome {
        Ok(time) => (Some(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)), None),
        Err(why) => (None, Some(why.clone())),
    };
    WayView { address: probe.address.clone(), over: probe.over.map(|over| over.to_string()), ms, problem }
}
