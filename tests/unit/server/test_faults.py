"""Every fault has its sentence, and what pydantic finds turns into faults without the caller's input."""

import pytest
from pydantic import ValidationError

from bcdesk.contract import wire
from bcdesk.contract.codes import Code, Fault
from bcdesk.server.faults import SENTENCES, faults_of, pointer_of
from bcdesk.server.problems import ProblemError, document, validation_problem


def test_that_every_fault_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Fault)
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {("/name", Fault.MISSING), ("/environment", Fault.MISSING), ("/scopes", Fault.MISSING)}),
        ({"name": 1, "environment": "prod", "scopes": "x"}, {
            ("/name", Fault.WRONG_TYPE), ("/environment", Fault.UNKNOWN_VALUE), ("/scopes", Fault.WRONG_TYPE),
        }),
        ({"name": "n", "environment": "live", "scopes": ["a", 1], "extra": 1}, {
            ("/scopes/1", Fault.WRONG_TYPE), ("/extra", Fault.UNKNOWN_FIELD),
        }),
        ({"name": "n", "environment": "live", "scopes": [], "expires_at": "2026-01-01T00:00:00"}, {
            ("/expires_at", Fault.WRONG_TYPE),
        }),
    ],
)  # fmt: skip
def test_that_each_finding_lands_at_its_field(body: dict[str, object], expected: set[tuple[str, Fault]]) -> None:
    with pytest.raises(ValidationError) as caught:
        wire.KeyNew.model_validate(body)
    assert {tuple(fault) for fault in faults_of(caught.value.errors())} == expected


def test_that_numbers_and_lengths_have_their_own_faults() -> None:
    with pytest.raises(ValidationError) as caught:
        wire.RotateBody.model_validate({"overlap_seconds": -1})
    assert faults_of(caught.value.errors())[0] == ("/overlap_seconds", Fault.OUT_OF_RANGE)
    with pytest.raises(ValidationError) as caught:
        wire.RevokeBody.model_validate({"reason": "x" * 300})
    assert faults_of(caught.value.errors())[0] == ("/reason", Fault.TOO_LONG)
    with pytest.raises(ValidationError) as caught:
        wire.IdentifyBody.model_validate({"sha256": ["0" * 64] * 101})
    assert faults_of(caught.value.errors())[0] == ("/sha256", Fault.TOO_MANY)


def test_that_a_pointer_never_repeats_what_may_be_a_secret() -> None:
    planted = "bca_live_" + "A" * 36
    assert pointer_of(("body", planted)) == ""
    assert pointer_of(("body", "scopes", 3)) == "/scopes/3"
    with pytest.raises(ValidationError) as caught:
        wire.KeyNew.model_validate({planted: planted, "name": planted * 9, "environment": planted, "scopes": [planted]})
    problem = validation_problem([{**error, "loc": ("body", *error["loc"])} for error in caught.value.errors()])
    assert "bca_" not in str(document(problem, "req_1"))


def test_that_a_body_that_is_no_json_is_400_and_a_value_is_422() -> None:
    broken = validation_problem([{"type": "json_invalid", "loc": ("body", 1)}])
    assert (broken.status, broken.code) == (400, Code.MALFORMED_JSON)
    query = validation_problem([{"type": "int_parsing", "loc": ("query", "limit")}])
    assert (query.status, query.code) == (400, Code.MALFORMED_QUERY)
    value = validation_problem([{"type": "less_than_equal", "loc": ("query", "limit")}])
    assert (value.status, value.code) == (422, Code.INVALID_VALUES)


def test_that_a_document_is_what_the_contract_says() -> None:
    error = ProblemError(409, Code.KEY_ENDED, "The key has ended.", headers={"X": "y"}, key_id="key_1")
    found = wire.Problem.model_validate(document(error, "req_1"))
    assert (found.status, found.title, found.code, found.request_id) == (409, "Conflict", "key_ended", "req_1")
    assert document(error, "req_1")["key_id"] == "key_1"
