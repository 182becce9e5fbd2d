//! The fold itself.
use identity::NetworkId;

use crate::{Charter, StatementSet};

pub(crate) fn fold(_set: &StatementSet, _network: NetworkId) -> Charter {
    todo!("first the names, then the fold")
}
