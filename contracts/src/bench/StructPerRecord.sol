// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title StructPerRecord
/// @notice What most supply-chain contracts do: one struct in storage and one transaction a record. It holds the same
/// bytes as an entry of a TraceLedger batch and exists only so that `bench/` can measure the two beside each other; it
/// guards nothing and is never deployed for use.
contract StructPerRecord {
    struct Record {
        uint8 version;
        uint8 kind;
        bytes32 publicCommitment;
        bytes32 commercialCommitment;
        bytes32 personalCommitment;
        bytes publicCiphertext;
        bytes commercialCiphertext;
    }

    mapping(bytes16 recordId => Record) private _records;

    /// @notice Stores a record; a second one under the same id takes its place.
    function store(bytes16 recordId, Record calldata given) external {
        _records[recordId] = given;
    }

    /// @notice The record as it was stored; zeros where there is none.
    function recordOf(bytes16 recordId) external view returns (Record memory) {
        return _records[recordId];
    }
}
