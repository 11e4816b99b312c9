//! Calls of every bundled flow.

/// The flow, the context of the call, and what the caller does.
pub(crate) type Calls = &'static [(
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
)];

/// By organisation.
pub(crate) const ARCHITECT: &[(&str, Calls)] = &[
    (
        "parcel-line",
        &[
            (
                "Parcel line",
                &[("from", "+15551230000"), ("to", "+15557770100")],
                &["1#", "2#"],
            ),
            (
                "Parcel line",
                &[("from", "+15551230000"), ("to", "+15557770100")],
                &["1@1200", "2@100"],
            ),
            ("Parcel line", &[("from", "+15551230000"), ("to", "+15557770100")], &[]),
            ("Parcel line", &[("from", "+15551230000"), ("to", "+15557770101")], &["1"]),
            ("Parcel line", &[], &["hangup"]),
        ],
    ),
    (
        "swift-parcels",
        &[
            ("Swift Parcels Router", &[], &[]),
            (
                "Swift Parcels Router",
                &[("to", "+15557770200"), ("from", "+15551234567")],
                &["100200#", "1"],
            ),
            (
                "Swift Parcels Router",
                &[("to", "+15557770200"), ("from", "+15551234567")],
                &["1@500,0@100,0@100,3@100,0@900,0@10", "1@2000"],
            ),
            (
                "Swift Parcels Router",
                &[("to", "+15557770200"), ("from", "+15551234567")],
                &["100400#", "1@300"],
            ),
            (
                "Swift Parcels Router",
                &[("to", "+15557770200"), ("from", "+15551234567")],
                &["100500#", "1"],
            ),
            (
                "Swift Parcels Router",
                &[("to", "+15557770200")],
                &["100600", "2", "100200#", "1"],
            ),
            ("Swift Parcels Router", &[("to", "+15557770201")], &["12"]),
            ("Swift Parcels Router", &[("to", "+15557770202")], &[]),
            ("Swift Parcels Router", &[("to", "+15550104242")], &["-"]),
        ],
    ),
    (
        "northlight-power",
        &[
            ("Northlight Outage Line", &[("from", "+15551234567")], &["1@700", "417"]),
            ("Northlight Outage Line", &[], &["9@2500"]),
            ("Northlight Outage Line", &[], &["1", "2@700"]),
            ("Northlight Outage Line", &[], &["1", "418", "1"]),
            ("Northlight Outage Line", &[], &["*", "#"]),
            ("Northlight Outage Line", &[], &["1", "hangup"]),
            ("Northlight Outage Line", &[], &[]),
        ],
    ),
    (
        "alder-clinic",
        &[
            ("Alder Clinic Main Line", &[("from", "+15551234567")], &["1@700", "2"]),
            ("Alder Clinic Main Line", &[], &[]),
        ],
    ),
];

/// By organisation.
pub(crate) const DRAFTS: &[(&str, Calls)] = &[
    (
        "shared-flow",
        &[
            ("Inbound_Flow_A", &[("from", "+15551234567")], &["1"]),
            ("Inbound_Flow_A", &[], &["2"]),
            ("Inbound_Flow_A", &[], &[]),
            ("Inbound_Flow_A", &[], &["hangup"]),
            ("Inbound_Flow_B", &[], &["1"]),
        ],
    ),
    (
        "order-status",
        &[
            ("Order_Status", &[], &["100200"]),
            ("Order_Status", &[], &["100300"]),
            ("Order_Status", &[], &["100400"]),
            ("Order_Status", &[], &["1"]),
            ("Order_Status", &[], &["999999"]),
            ("Order_Status", &[], &[]),
        ],
    ),
    (
        "payment-journey",
        &[
            ("Main_Line", &[("from", "+15551239000")], &["1", "4242"]),
            ("Main_Line", &[("from", "+15551239000")], &["1", "1111"]),
            ("Main_Line", &[("from", "+15551239001")], &["2"]),
            ("Main_Line", &[("from", "+15550000000")], &["4712", "1", "4242"]),
            ("Main_Line", &[("from", "+15550000000")], &["-", "3"]),
        ],
    ),
    (
        "contact-lookup",
        &[
            ("Member_Line", &[("from", "+15551234567")], &[]),
            ("Member_Line", &[("from", "+15550000000")], &[]),
            ("Member_Line", &[], &[]),
        ],
    ),
    (
        "deep-menu",
        &[
            ("Northwind_Menu", &[], &["1", "1", "2", "1"]),
            ("Northwind_Menu", &[], &["9", "2"]),
            ("Northwind_Menu", &[], &[]),
        ],
    ),
    (
        "retry-loop",
        &[
            ("Voicemail_Pin", &[], &["1234", "0000", "4711"]),
            ("Voicemail_Pin", &[], &["-", "12", "1234#"]),
        ],
    ),
];
