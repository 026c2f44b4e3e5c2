// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IParticipantRegistry} from "./IParticipantRegistry.sol";

/// @title The logs of the consortium
/// @notice Every gateway organisation has one log: an unbroken sequence of batches of sealed entries. The bytes travel
/// as the calldata of the transaction, so every node of every organisation stores them; the contract computes the
/// root from those bytes, so a root never belongs to other bytes. It reads nothing of what the entries mean.
///
/// Payload of a batch, integers big-endian:
///
///     magic "SYB1" (4) ‖ version 1 (1) ‖ log (4) ‖ sequence (8) ‖ previous head (32) ‖ count (2)
///     ‖ header length (4) ‖ header ‖ count × (entry length (2) ‖ entry)
///
/// with entries of 1 to 4,096 bytes, nothing after the last one, 114,688 bytes at most. The root is the Merkle tree
/// hash shaped as RFC 9162 §2.1.1 with leaf = keccak256(0x00 ‖ entry) and node = keccak256(0x01 ‖ left ‖ right). The
/// head chains the batches: keccak256(previous head (32) ‖ sequence (8) ‖ root (32) ‖ keccak256(header) (32)
/// ‖ count (2) ‖ concerned (4 each)). The first sequence is 1, its previous head 32 zero bytes.
///
/// Storage, for proofs by `eth_getProof`: the root of (log, sequence) stands in slot
/// keccak256(sequence ‖ keccak256(log ‖ 1)), each padded to 32 bytes, and is written once.
///
/// Attestations by the members come with the consortium. Suspension is decided by a consortium administrator now; a
/// quorum of members takes that place later (see {IParticipantRegistry}).
interface ITraceLedger {
    /// @param sequence Of the latest batch; 0 when there is none.
    /// @param head After the latest batch; zero when there is none.
    /// @param suspended Whether the consortium has stopped this log.
    /// @param byteBudget Payload bytes that this log may append in one block.
    struct LogStatus {
        uint64 sequence;
        bytes32 head;
        bool suspended;
        uint32 byteBudget;
    }

    event Appended(
        uint32 indexed log, uint64 indexed sequence, bytes32 root, bytes32 head, uint16 count, uint32[] concerned
    );
    event LogSuspended(uint32 indexed log, address indexed by);
    event LogResumed(uint32 indexed log, address indexed by);
    event ByteBudgetChanged(uint32 indexed log, uint32 previousBudget, uint32 budget);

    error TraceLedgerInvalidParticipants(address participants);
    error TraceLedgerNotConsortiumAdmin(address caller);
    /// No organisation is registered under the number of this log.
    error TraceLedgerUnknownLog(uint32 log);
    error TraceLedgerNotSubmitter(uint32 log, address caller);
    error TraceLedgerOrganisationNotActive(uint32 log);
    error TraceLedgerOrganisationNotGateway(uint32 log, uint8 roles);
    /// Called by a contract, or by an account that acts through code: the bytes would not be the transaction's own.
    error TraceLedgerIndirectCall(address caller);
    /// The arguments are not encoded in the one way that the ABI specification gives, so readers could disagree.
    error TraceLedgerCalldataNotCanonical();
    error TraceLedgerLogSuspended(uint32 log);
    error TraceLedgerLogNotSuspended(uint32 log);
    /// A budget below one full batch would be a suspension by another name.
    error TraceLedgerByteBudgetTooSmall(uint32 budget);
    /// This batch would exceed the log's bytes in this block: send it again in a later one.
    error TraceLedgerByteBudgetExceeded(uint32 log, uint256 blockBytes, uint32 budget);
    /// Not the next sequence. A submitter that gets this for bytes it sent before compares `rootOf`.
    error TraceLedgerWrongSequence(uint32 log, uint64 expected, uint64 given);
    error TraceLedgerPayloadSize(uint256 length);
    error TraceLedgerWrongMagic(bytes4 magic);
    error TraceLedgerWrongVersion(uint8 version);
    /// The prefix names another log or sequence than the arguments.
    error TraceLedgerPrefixMismatch(uint32 log, uint64 sequence);
    error TraceLedgerWrongPreviousHead(bytes32 expected, bytes32 given);
    error TraceLedgerNoEntries();
    error TraceLedgerHeaderTruncated(uint256 headerLength);
    /// The payload ends before the entry does; an index equal to the number of whole entries shows a wrong count.
    error TraceLedgerEntryTruncated(uint256 index);
    error TraceLedgerEntrySize(uint256 index, uint256 length);
    error TraceLedgerTrailingBytes(uint256 length);
    error TraceLedgerTooManyConcerned(uint256 count);
    /// Numbers must ascend strictly: one list, one encoding.
    error TraceLedgerConcernedNotAscending(uint256 index);
    /// No such organisation, so it could never attest.
    error TraceLedgerConcernedNotRegistered(uint32 organisation);

    /// @notice Appends the next batch to a log. Only a submitter of the log's organisation, in a transaction straight
    /// from its own account, while the organisation is an active gateway and the log is not suspended.
    /// @param log Number of the gateway's organisation.
    /// @param sequence The latest sequence + 1.
    /// @param concerned Numbers of the organisations whose trade is in the batch: registered, strictly ascending, 256
    /// at most.
    /// @param payload The batch as described above.
    function append(uint32 log, uint64 sequence, uint32[] calldata concerned, bytes calldata payload) external;

    /// @notice Stops a log. Only a consortium administrator (a quorum of members later).
    function suspendLog(uint32 log) external;

    /// @notice Ends that. Only a consortium administrator (a quorum of members later).
    function resumeLog(uint32 log) external;

    /// @notice Sets the payload bytes that a log may append in one block, so that one gateway cannot fill every node's
    /// disk. Only a consortium administrator.
    /// @param budget At least one full batch (114,688 bytes).
    function changeByteBudget(uint32 log, uint32 budget) external;

    /// @notice The latest batch of a log; (0, 0) for a log without batches.
    function headOf(uint32 log) external view returns (uint64 sequence, bytes32 head);

    /// @notice The root of a batch; zero when that sequence was not appended.
    function rootOf(uint32 log, uint64 sequence) external view returns (bytes32);

    /// @notice Head, suspension and budget of a log.
    function statusOf(uint32 log) external view returns (LogStatus memory);

    /// @notice The registry that says who speaks for an organisation.
    function participants() external view returns (IParticipantRegistry);
}
