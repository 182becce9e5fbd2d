//! Records: the programme's kinds of documents, their folds and rules.
