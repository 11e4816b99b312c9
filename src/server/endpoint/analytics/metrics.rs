//! The metrics of aggregates: those that the platform has, and those that flowsim measures.

use crate::server::http::reply::ApiError;

/// The metrics of a kind of aggregates.
pub(super) struct Metrics {
    /// Those that flowsim measures.
    pub(super) measured: &'static [&'static str],
    /// The names of the platform, separated by blanks.
    known: &'static str,
}

/// The metrics of conversations. *Source: the SDKs' `ConversationAggregationView.target`.*
pub(super) const OF_CONVERSATIONS: Metrics = Metrics {
    measured: &[
        "nOffered",
        "tIvr",
        "tAcd",
        "tWait",
        "tAlert",
        "tAnswered",
        "tAbandon",
        "tTalk",
        "tTalkComplete",
        "tHeld",
        "tHeldComplete",
        "tAcw",
        "tHandle",
    ],
    known: "\
     nAgentDeclined nAlertExpired nBlindTransferred nBotInteractions \
     nCallbackAttempts nCallbackOverSla nCallbackScheduled nCfcOffered \
     nCobrowseSessions nConnected nConsult nConsultTransferred nConversations nError \
     nOffered nOutbound nOutboundAbandoned nOutboundAttempted nOutboundConnected \
     nOverSla nStateTransitionError nTakeover nTransferred oAudioMessageCount \
     oCallbackServiceLevel oExternalAudioMessageCount oExternalMediaCount oMediaCount \
     oMessageCount oMessageSegmentCount oMessageTurn oServiceLevel oServiceTarget \
     oSkillExpressionApplications tAbandon tAcd tActiveCallback \
     tActiveCallbackComplete tAcw tAgentResponseTime tAgentVideoConnected tAlert \
     tAnswered tAverageAgentResponseTime tAverageCustomerResponseTime tBarging \
     tCallbackAbandon tCallbackConnect tCallbackNotReached tCallbackVirtualWait \
     tCfcAbandon tCfcAcd tCfcAnswered tCfcFlowOut tCoaching tCoachingComplete \
     tConnected tContacting tDialing tFirstConnect tFirstDial tFirstEngagement \
     tFirstResponse tFlowOut tHandle tHeld tHeldComplete tIvr tMonitoring \
     tMonitoringComplete tNotResponding tPark tParkComplete tScreenMonitoring \
     tShortAbandon tSnippetRecord tTalk tTalkComplete tTransmitting tUserResponseTime \
     tVoicemail tWait",
};

/// The metrics of flows. *Source: the SDKs' `FlowAggregationView.target`.*
pub(super) const OF_FLOWS: Metrics = Metrics {
    measured: &["nFlow", "tFlow", "tFlowDisconnect", "tFlowExit"],
    known: "nFlow nFlowMilestone nFlowOutcome nFlowOutcomeFailed oFlowMilestone tFlow \
     tFlowDisconnect tFlowExit tFlowOutcome",
};

impl Metrics {
    /// Checks that the platform has the metrics.
    ///
    /// # Errors
    /// 400 if it does not have one.
    pub(super) fn check(&self, wanted: &[&str]) -> Result<(), ApiError> {
        let known = || self.known.split_whitespace();
        let Some(name) = wanted.iter().find(|name| !known().any(|it| it == **name))
        else {
            return Ok(());
        };
        let help = match crate::diagnostic::nearest(name, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("flowsim measures {}", self.measured.join(", ")),
        };
        Err(ApiError::bad(format!("unknown metric `{name}`; {help}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measured_metrics_are_those_of_the_platform() {
        for metrics in [&OF_CONVERSATIONS, &OF_FLOWS] {
            assert!(metrics.check(metrics.measured).is_ok());
        }
        let error = OF_FLOWS.check(&["nFlow", "tFlwo"]).unwrap_err();
        assert_eq!(error.message, "unknown metric `tFlwo`; did you mean `tFlow`?");
    }
}
