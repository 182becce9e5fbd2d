//! The words of this room that a person reads.

use records::Words;

/// Why no name stands beside a participation: this office does not read the identities of that village.
pub(crate) const NAME_NOT_READ: Words =
    Words { id: "nama tidak dibagikan ke kantor ini", en: "the name is not shared with this office" };

/// Why no name stands beside a participation: it has not arrived, or was erased.
pub(crate) const NAME_NOT_HERE: Words = Words {
    id: "data orangnya belum sampai di sini atau sudah dihapus",
    en: "the person's data has not arrived here or was erased",
};
