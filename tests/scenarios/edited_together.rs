//! Two offices that cannot reach each other edit the same person.

use simpul_tests::harness::Network;

use crate::KURIPAN;

/// Kuripan and Wonosobo both know Turyati, and then the village's cable is out.
fn cut_off_with_turyati() -> (Network, String) {
    let net = Network::small();
    let id = net["kuripan"].register("Turyati", KURIPAN, &["address=Dusun Kuripan", "phone=0812000001"]).person;
    net.settle();
    net.until("the regency lists Turyati", || (net["wonosobo"].names() == ["Turyati"]).then_some(()));
    net.cut_off("kuripan");
    (net, id)
}

#[test]
fn one_field_edited_at_both_keeps_both_values_until_somebody_chooses() {
    let (net, id) = cut_off_with_turyati();
    net["kuripan"].set(&id, &["address=Dusun Sigaok"]);
    net["wonosobo"].set(&id, &["address=Dusun Krajan"]);
    assert_eq!(net["kuripan"].show(&id).values("address"), ["Dusun Sigaok"]);
    assert_eq!(net["wonosobo"].show(&id).values("address"), ["Dusun Krajan"]);
    net.reconnect("kuripan");
    net.settle();

    let both = ["Dusun Krajan", "Dusun Sigaok"];
    for label in ["kuripan", "wonosobo", "jateng", "kemnaker"] {
        net.until(&format!("{label} shows both values"), || {
            (net[label].show(&id).values("address") == both).then_some(())
        });
        let conflicts = net[label].conflicts();
        let [conflict] = &conflicts[..] else { panic!("{label} lists one conflict: {conflicts:?}") };
        assert_eq!((conflict.person.as_str(), conflict.field.field.as_str()), (id.as_str(), "address"));
        assert_eq!(conflict.name.as_deref(), Some("Turyati"));
        let mut who: Vec<_> =
            conflict.field.values.iter().map(|value| (value.value.as_str(), value.office.as_str())).collect();
        who.sort_unstable();
        assert_eq!(who, [("Dusun Krajan", "Pemerintah Kabupaten Wonosobo"), ("Dusun Sigaok", "Desa Kuripan")]);
        assert_eq!(net[label].list()[0].contested, ["address"]);
    }

    net["kuripan"].ask(&["participant", "choose", &id, "address", "Dusun Sigaok"]).done();
    net.settle();
    for label in ["kuripan", "wonosobo", "jateng", "kemnaker"] {
        net.until(&format!("{label} shows what was chosen"), || {
            (net[label].show(&id).values("address") == ["Dusun Sigaok"] && net[label].conflicts().is_empty())
                .then_some(())
        });
    }
}

#[test]
fn different_fields_edited_at_both_survive() {
    let (net, id) = cut_off_with_turyati();
    net["kuripan"].set(&id, &["address=Dusun Sigaok"]);
    net["wonosobo"].set(&id, &["phone=0812000002"]);
    net.reconnect("kuripan");
    net.settle();
    for label in ["kuripan", "wonosobo", "jateng", "kemnaker"] {
        net.until(&format!("{label} shows both edits"), || {
            let shown = net[label].show(&id);
            (shown.values("address") == ["Dusun Sigaok"] && shown.values("phone") == ["0812000002"]).then_some(())
        });
        assert!(net[label].conflicts().is_empty(), "{label}");
    }
}

#[test]
fn a_form_that_was_open_while_another_value_arrived_loses_neither() {
    // Both choose at once: the choice of one does not silently undo the choice of the other.
    let (net, id) = cut_off_with_turyati();
    net["kuripan"].set(&id, &["address=Dusun Sigaok"]);
    net["wonosobo"].set(&id, &["address=Dusun Krajan"]);
    net.reconnect("kuripan");
    net.settle();
    net.cut_off("kuripan");
    net["kuripan"].ask(&["participant", "choose", &id, "address", "Dusun Sigaok"]).done();
    net["wonosobo"].ask(&["participant", "choose", &id, "address", "Dusun Krajan"]).done();
    net.reconnect("kuripan");
    net.settle();
    for label in ["kuripan", "wonosobo"] {
        net.until(&format!("{label} shows both choices"), || {
            (net[label].show(&id).values("address") == ["Dusun Krajan", "Dusun Sigaok"]).then_some(())
        });
    }
}
