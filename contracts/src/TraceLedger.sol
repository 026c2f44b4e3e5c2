// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {BatchPayload} from "./BatchPayload.sol";
import {IParticipantRegistry, ROLE_GATEWAY} from "./interfaces/IParticipantRegistry.sol";
import {ITraceLedger} from "./interfaces/ITraceLedger.sol";

/// @title TraceLedger
/// @notice See {ITraceLedger}.
contract TraceLedger is ITraceLedger {
    using BatchPayload for bytes;

    /// @dev Everything small shares one slot, so an append writes two slots of the log and one root.
    struct Log {
        uint64 sequence;
        uint64 budgetBlock;
        uint32 blockBytes;
        /// 0 stands for the default.
        uint32 byteBudget;
        bool suspended;
        bytes32 head;
    }

    uint256 private constant CONCERNED_MAX = 256;
    /// Sixteen full batches a block: twice what a submitter keeps in flight.
    uint32 private constant BYTE_BUDGET_DEFAULT = 16 * uint32(BatchPayload.PAYLOAD_BYTES_MAX);

    /// @inheritdoc ITraceLedger
    IParticipantRegistry public immutable participants;

    mapping(uint32 log => Log) private _logs;
    mapping(uint32 log => mapping(uint64 sequence => bytes32)) private _roots;

    modifier onlyConsortiumAdmin() {
        if (!participants.isConsortiumAdmin(msg.sender)) revert TraceLedgerNotConsortiumAdmin(msg.sender);
        _;
    }

    constructor(IParticipantRegistry participants_) {
        if (address(participants_).code.length == 0) revert TraceLedgerInvalidParticipants(address(participants_));
        participants = participants_;
    }

    /// @inheritdoc ITraceLedger
    function append(uint32 log, uint64 sequence, uint32[] calldata concerned, bytes calldata payload) external {
        _requireOwnCalldata(concerned, payload);
        _requireSubmitter(log);
        Log storage entry = _logs[log];
        if (entry.suspended) revert TraceLedgerLogSuspended(log);
        uint64 expected = entry.sequence + 1;
        if (sequence != expected) revert TraceLedgerWrongSequence(log, expected, sequence);
        _requireConcerned(concerned);

        BatchPayload.Digest memory batch = payload.digest(log, sequence, entry.head);
        bytes32 head = _nextHead(entry.head, sequence, batch, concerned);

        _spendBudget(log, entry, payload.length);
        entry.sequence = sequence;
        entry.head = head;
        _roots[log][sequence] = batch.root;
        emit Appended(log, sequence, batch.root, head, batch.count, concerned);
    }

    /// @inheritdoc ITraceLedger
    function suspendLog(uint32 log) external onlyConsortiumAdmin {
        _requireKnownLog(log);
        if (_logs[log].suspended) revert TraceLedgerLogSuspended(log);
        _logs[log].suspended = true;
        emit LogSuspended(log, msg.sender);
    }

    /// @inheritdoc ITraceLedger
    function resumeLog(uint32 log) external onlyConsortiumAdmin {
        if (!_logs[log].suspended) revert TraceLedgerLogNotSuspended(log);
        _logs[log].suspended = false;
        emit LogResumed(log, msg.sender);
    }

    /// @inheritdoc ITraceLedger
    function changeByteBudget(uint32 log, uint32 budget) external onlyConsortiumAdmin {
        _requireKnownLog(log);
        if (budget < BatchPayload.PAYLOAD_BYTES_MAX) revert TraceLedgerByteBudgetTooSmall(budget);
        emit ByteBudgetChanged(log, _budgetOf(_logs[log]), budget);
        _logs[log].byteBudget = budget;
    }

    /// @inheritdoc ITraceLedger
    function headOf(uint32 log) external view returns (uint64 sequence, bytes32 head) {
        return (_logs[log].sequence, _logs[log].head);
    }

    /// @inheritdoc ITraceLedger
    function rootOf(uint32 log, uint64 sequence) external view returns (bytes32) {
        return _roots[log][sequence];
    }

    /// @inheritdoc ITraceLedger
    function statusOf(uint32 log) external view returns (LogStatus memory) {
        Log storage entry = _logs[log];
        return LogStatus({
            sequence: entry.sequence,
            head: entry.head,
            suspended: entry.suspended,
            byteBudget: _budgetOf(entry)
        });
    }

    function _spendBudget(uint32 log, Log storage entry, uint256 payloadBytes) private {
        uint256 blockBytes = payloadBytes;
        if (entry.budgetBlock == block.number) {
            blockBytes += entry.blockBytes;
        } else {
            entry.budgetBlock = uint64(block.number);
        }
        uint32 budget = _budgetOf(entry);
        if (blockBytes > budget) revert TraceLedgerByteBudgetExceeded(log, blockBytes, budget);
        entry.blockBytes = uint32(blockBytes);
    }

    function _budgetOf(Log storage entry) private view returns (uint32) {
        return entry.byteBudget == 0 ? BYTE_BUDGET_DEFAULT : entry.byteBudget;
    }

    /// @dev The batch must be readable from the transaction by anyone who holds the block: sent by an account without
    /// code (an account with delegated code is its own origin, yet could compute the bytes), and encoded canonically.
    function _requireOwnCalldata(uint32[] calldata concerned, bytes calldata payload) private view {
        // Not for authorisation, where tx.origin would be wrong.
        // solhint-disable-next-line avoid-tx-origin
        if (msg.sender != tx.origin || msg.sender.code.length != 0) revert TraceLedgerIndirectCall(msg.sender);
        uint256 concernedAt;
        uint256 payloadAt;
        assembly ("memory-safe") {
            concernedAt := concerned.offset
            payloadAt := payload.offset
        }
        // Selector and four head words, then for each array its length and its content in whole words.
        uint256 concernedCanonicalAt = 4 + 4 * 32 + 32;
        uint256 payloadCanonicalAt = concernedCanonicalAt + concerned.length * 32 + 32;
        uint256 sizeCanonical = payloadCanonicalAt + (payload.length + 31) / 32 * 32;
        if (concernedAt != concernedCanonicalAt || payloadAt != payloadCanonicalAt || msg.data.length != sizeCanonical) {
            revert TraceLedgerCalldataNotCanonical();
        }
    }

    function _requireSubmitter(uint32 log) private view {
        (IParticipantRegistry.OrganisationState state, uint8 roles, bool isSubmitter) =
            participants.submitterStanding(log, msg.sender);
        if (!isSubmitter) revert TraceLedgerNotSubmitter(log, msg.sender);
        if (state != IParticipantRegistry.OrganisationState.Active) revert TraceLedgerOrganisationNotActive(log);
        if (roles & ROLE_GATEWAY == 0) revert TraceLedgerOrganisationNotGateway(log, roles);
    }

    function _requireKnownLog(uint32 log) private view {
        (IParticipantRegistry.OrganisationState state,) = participants.standingOf(log);
        if (state == IParticipantRegistry.OrganisationState.Unregistered) revert TraceLedgerUnknownLog(log);
    }

    function _requireConcerned(uint32[] calldata concerned) private view {
        if (concerned.length > CONCERNED_MAX) revert TraceLedgerTooManyConcerned(concerned.length);
        for (uint256 i = 1; i < concerned.length; ++i) {
            if (concerned[i] <= concerned[i - 1]) revert TraceLedgerConcernedNotAscending(i);
        }
        uint256 unregistered = participants.firstUnregistered(concerned);
        if (unregistered < concerned.length) revert TraceLedgerConcernedNotRegistered(concerned[unregistered]);
    }

    function _nextHead(
        bytes32 previousHead,
        uint64 sequence,
        BatchPayload.Digest memory batch,
        uint32[] calldata concerned
    ) private pure returns (bytes32) {
        bytes memory fixedPart =
            abi.encodePacked(previousHead, sequence, batch.root, batch.headerHash, batch.count);
        return keccak256(bytes.concat(fixedPart, _packed(concerned)));
    }

    /// @dev Four bytes for each number: `abi.encodePacked` would pad each to a word.
    function _packed(uint32[] calldata numbers) private pure returns (bytes memory packed) {
        // Each number is written as a word that the next one overlaps, so the last one needs 28 bytes more.
        packed = new bytes(numbers.length * 4 + 28);
        for (uint256 i = 0; i < numbers.length; ++i) {
            uint256 organisation = numbers[i];
            assembly ("memory-safe") {
                mstore(add(add(packed, 32), shl(2, i)), shl(224, organisation))
            }
        }
        assembly ("memory-safe") {
            mstore(packed, shl(2, numbers.length))
        }
    }
}
