//! What health costs a ministry with very many offices below it: each is admitted by a signed statement and reports of
//! itself by a signed beacon, and all of it comes in as it would from a stick.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, ensure};
use charter::{Body, Policy, Request, Subject, founding};
use driver::seal_bundle;
use identity::{Domain, NodeSecret, Signed};
use reqwest::Method;
use service::{Query, Reply};
use sync::{Beacon, wire};

use crate::{
    measure::{cpu_ms, ms, service},
    pages::{OFFICER, PASSWORD, at_a_desk},
    row::{Figures, Row},
};

/// How often a node looks at how things are, in ms.
const BETWEEN_LOOKS_MS: f64 = 60_000.0;

/// How often is looked.
const LOOKS: u32 = 50;

/// The key of one of the offices, the same in every run.
fn secret(number: u64) -> NodeSecret {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    NodeSecret::from_seed(seed)
}

/// Village by village through regencies and provinces; the codes are of the form of real ones.
fn region(number: u64) -> String {
    let (province, regency, district) = (11 + number / 400, 1 + number / 40 % 10, 1 + number / 10 % 4);
    format!("{province}.{regency:02}.{district:02}.{}", 2001 + number % 10)
}

fn now_ms() -> anyhow::Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}

/// Makes a ministry's node that admits this many offices.
async fn make(folder: &Path, count: u64) -> anyhow::Result<()> {
    let subject = Subject::NewOffice {
        name: "Kementerian Ketenagakerjaan".into(),
        kind: "ministry".parse()?,
        region: "id".parse()?,
    };
    driver::Node::create(&store::Options::new(folder), subject, true)?;
    let running = crate::world::Running::open(folder, Vec::new()).await?;
    let request = running.node.request().clone();
    let lead = charter::office_id(&request, &Request::verify(&request)?);
    let (statement, network) = founding(true, vec![request], Policy::default_programme(lead), [7; 16])?;
    running.node.join(network, vec![running.node.sign(statement.body)?]).await?;
    let mut admitted = Vec::new();
    for number in 0..count {
        let (name, region) = (format!("Desa {number}"), region(number).parse()?);
        let secret = secret(number);
        let subject = Subject::NewOffice { name, kind: "village".parse()?, region };
        let request = Request { seal_key: secret.seal_key(), practice: true, nonce: [7; 16], subject }.sign(&secret)?;
        admitted.push(running.node.sign(Body::Admit { request })?);
    }
    running.node.state(admitted).await?;
    let ours = Request::verify(running.node.request())?;
    let seal_to = vec![(running.node.key(), ours.seal_key)];
    let hello = wire::Message::Hello(wire::Hello {
        network,
        version_min: wire::VERSIONS.0,
        version_max: wire::VERSIONS.1,
        admits_you: true,
        your_beacon: 0,
        summary: wire::Summary::default(),
    });
    let mut content: Vec<u8> = wire::encode(&hello).concat();
    let time_ms = now_ms()?;
    let numbers: Vec<u64> = (0..count).collect();
    for some in numbers.chunks(32) {
        let beacons = some.iter().map(|number| {
            // One in twenty has something that is only there, since two days.
            let only_here = i64::from(number % 20 == 0) * 12;
            let mut figures = BTreeMap::from([("free_permille".to_owned(), 400), ("only_here".to_owned(), only_here)]);
            if only_here > 0 {
                figures.insert("only_here_since".to_owned(), time_ms - 2 * 24 * 3_600_000);
            }
            let beacon = Beacon { number: 1, time_ms, version: "0.1.0".into(), addresses: Vec::new(), figures };
            Signed::new(&secret(*number), Domain::Beacon, &beacon)
        });
        content.extend(wire::encode(&wire::Message::Beacons(beacons.collect())).concat());
    }
    let bundle = seal_bundle(&secret(0), network, &seal_to, &content, [9; 32])?;
    running.node.import(&bundle).await?;
    let heard = running.node.beacons().await.len();
    ensure!(heard as u64 >= count, "of {count} reports {heard} were taken");
    running.stop().await;
    Ok(())
}

/// Measures a ministry's node with this many offices.
pub(crate) async fn offices(count: u64) -> anyhow::Result<Figures> {
    let temporary = tempfile::tempdir()?;
    let folder = temporary.path().join("node");
    make(&folder, count).await?;
    let service = service(&folder, Vec::new()).await?;
    service
        .begin(OFFICER.to_owned(), "Petugas".to_owned(), PASSWORD.to_owned())
        .await
        .map_err(|why| anyhow::anyhow!("the first officer is not let in: {why:?}"))?;
    let Reply::Health(view) = service.ask(Query::Health.into(), |_| ()).await? else {
        anyhow::bail!("health was asked for")
    };
    ensure!(view.offices.len() as u64 > count, "{} offices are judged", view.offices.len());
    let (began, used) = (Instant::now(), cpu_ms()?);
    for _ in 0..LOOKS {
        service.ask(Query::Health.into(), |_| ()).await?;
    }
    let (took, used) = (ms(began) / f64::from(LOOKS), (cpu_ms()? - used) / f64::from(LOOKS));
    let mut rows = vec![
        Row::new("one look: time", took, "ms"),
        Row::new("one look: CPU", used, "ms"),
        Row::new("health at rest: share of a core", 100.0 * used / BETWEEN_LOOKS_MS, "%").budget("5 %"),
    ];
    let pages = at_a_desk(service, async |desk| {
        let mut pages = Vec::new();
        for (what, path) in [("page: Kesehatan", "/kesehatan"), ("page: every office as a picture", "/kesehatan/peta")]
        {
            let mut times = desk.times(|| desk.ask(Method::GET, path)).await?;
            times.sort_by(f64::total_cmp);
            let at = times.get((times.len() - 1) * 95 / 100).context("it was asked for")?;
            pages.push(Row::new(&format!("{what}, p95"), *at, "ms").budget("200 ms"));
        }
        Ok(pages)
    });
    rows.extend(pages.await?);
    Ok(Figures { of: "offices", count, rows })
}
