"""From checked wire models of a flow's steps to light rows."""

from bcdesk.contract.flow_rows import HopRow, RuleRow
from bcdesk.contract.wire.flow import HopTrace


def hop_row(hop: HopTrace) -> HopRow:
    """Convert one hop."""
    return HopRow(
        id=hop.id,
        at=hop.at.timestamp(),
        endpoint=hop.endpoint,
        method=hop.method,
        status=hop.status,
        error=hop.error,
        client_id=hop.client_id,
        app_id=hop.app_id,
        run=hop.run,
        grant_type=hop.grant_type,
        address=hop.address,
        user_agent=hop.user_agent,
        request_id=hop.request_id,
        milliseconds=hop.milliseconds,
        rules=tuple(
            RuleRow(rule.id, rule.source, rule.verdict, rule.reason, rule.expected, rule.got, rule.position)
            for rule in hop.rules
        ),
        effects=tuple(hop.effects),
    )
