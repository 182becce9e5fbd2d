//! Service: everything one can ask of a node.
