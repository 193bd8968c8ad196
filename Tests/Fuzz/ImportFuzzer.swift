import Documents
import Foundation
import Hardware
import Interchange

// The entry points of libFuzzer. The first byte of an input chooses the format, the rest is the file. `Scripts/fuzz` builds and runs it.

/// Formats with valid files to start from, in the order of the first byte.
private let seeds: [(kind: ImportKind, texts: [String])] = [
    (.ncclTests, [ClusterLogs.allReduce, ClusterLogs.old, ClusterLogs.perIteration, ClusterLogs.pairs, ClusterLogs.json]),
    (.mpiGraph, [ClusterLogs.mpiGraph, ClusterLogs.mpiGraphRanks]), (.pipette, [ClusterLogs.pipette]), (.smi, [ClusterLogs.smi]),
    (.slurm, [ClusterLogs.slurm, ClusterLogs.slurmYAML]), (.perftest, [ClusterLogs.perftest]), (.osu, [ClusterLogs.osu]),
    (.ibnetdiscover, [ClusterLogs.ibnetdiscover, ClusterLogs.ibnetdiscoverDevices]), (.ncclXML, [ClusterLogs.ncclXML]),
    (.sailor, [ClusterLogs.sailor]),
    (.rocmSMI, [ClusterLogs.rocmSMI]), (.amdSMI, [ClusterLogs.amdSMI]),
    (.nvbandwidth, [ClusterLogs.nvbandwidth, ClusterLogs.nvbandwidthJSON, ClusterLogs.nvbandwidthNodes, ClusterLogs.nvbandwidthNodesJSON]),
    (.p2pBandwidth, [ClusterLogs.p2pBandwidth]), (.bandwidthTest, [ClusterLogs.bandwidthTest]), (.iblinkinfo, [ClusterLogs.iblinkinfo]),
]

/// Writes the valid files into the folder that `FUZZ_SEEDS` names, before libFuzzer reads it.
@_cdecl("LLVMFuzzerInitialize")
public func writeSeeds(_: UnsafeMutableRawPointer?, _: UnsafeMutableRawPointer?) -> CInt {
    guard let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
    for (index, entry) in seeds.enumerated() {
        for (number, text) in entry.texts.enumerated() {
            let data = Data([UInt8(index)] + Array(text.utf8))
            try? data.write(to: URL(fileURLWithPath: "\(folder)/\(entry.kind.rawValue)-\(number)"))
        }
    }
    return 0
}

/// Reads one input, and assembles what it says; any trap is a finding, and so is a message of several lines.
@_cdecl("LLVMFuzzerTestOneInput")
public func readOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    guard let data, size > 0 else { return 0 }
    let bytes = UnsafeBufferPointer(start: data, count: size)
    let kind = seeds[Int(bytes[0]) % seeds.count].kind
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    do {
        let evidence = try kind.parse(text: text, file: "f", collective: .allReduce)
        precondition(evidence.notes.allSatisfy { !$0.description.contains("\n") }, "a note has several lines")
        assemble(evidence)
    } catch {
        precondition(!"\(error)".contains("\n"), "a message has several lines")
    }
    return 0
}

/// What the shipped profiles would lend: fuzzing starts no files.
private let lender: ClusterProfile? = {
    guard let root = ProcessInfo.processInfo.environment["MESHWRIGHT_DATA"] else { return nil }
    return try? ProfileLibrary(root: root).cluster("dgx-h100")
}()

private func assemble(_ evidence: ClusterEvidence) {
    guard let lender else { return }
    var request = ClusterAssembly.Request(name: "fuzz", gpu: lender.first.gpu)
    request.like = lender
    request.ranks = 8
    request.symmetrises = true
    guard let cluster = try? ClusterAssembly([evidence], request).profile else { return }
    precondition(!cluster.text().isEmpty, "a cluster is written")
}
