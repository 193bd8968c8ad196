import Documents
import Foundation
import Hardware
import Interchange
import Testing

/// No bytes make an importer trap, and what it says about them is one line.
@Suite struct ImportMutationTests {
    static let seeds: [(kind: ImportKind, texts: [String])] = [
        (.ncclTests, [ClusterLogs.allReduce, ClusterLogs.old, ClusterLogs.perIteration, ClusterLogs.pairs, ClusterLogs.json]),
        (.mpiGraph, [ClusterLogs.mpiGraph, ClusterLogs.mpiGraphRanks]), (.pipette, [ClusterLogs.pipette]), (.smi, [ClusterLogs.smi]),
        (.slurm, [ClusterLogs.slurm, ClusterLogs.slurmYAML]), (.perftest, [ClusterLogs.perftest]), (.osu, [ClusterLogs.osu]),
        (.ibnetdiscover, [ClusterLogs.ibnetdiscover, ClusterLogs.ibnetdiscoverDevices]), (.ncclXML, [ClusterLogs.ncclXML]),
        (.sailor, [ClusterLogs.sailor]),
        (.rocmSMI, [ClusterLogs.rocmSMI]), (.amdSMI, [ClusterLogs.amdSMI]),
        (
            .nvbandwidth,
            [ClusterLogs.nvbandwidth, ClusterLogs.nvbandwidthJSON, ClusterLogs.nvbandwidthNodes, ClusterLogs.nvbandwidthNodesJSON]
        ), (.p2pBandwidth, [ClusterLogs.p2pBandwidth]), (.bandwidthTest, [ClusterLogs.bandwidthTest]),
        (.iblinkinfo, [ClusterLogs.iblinkinfo]),
    ]

    private static let library = ProfileLibrary(
        root: (0..<5).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }.path)

    /// Sizes and rates that no number holds come to nothing.
    @Test(arguments: ["18446744073709551615", "1e308", "9223372036854775807", "99999999999999999999"])
    func absurdNumbersAreLeftOut(number: String) throws {
        for (kind, texts) in Self.seeds {
            for text in texts {
                for victim in ["1048576", "4194304", "120.00", "50.00", "12000.000", "400000", "24000.50", "2048", "25.00", "16716.9"] {
                    _ = try? ClusterAssembly(
                        [kind.parse(text: text.replacing(victim, with: number), file: "m", collective: .allReduce)], request()
                    ).profile.text()
                }
            }
        }
    }

    private func request() throws -> ClusterAssembly.Request {
        var request = ClusterAssembly.Request(name: "mutated", gpu: try Self.library.gpu("h100-80gb-sxm"))
        request.like = try Self.library.cluster("dgx-h100")
        request.ranks = 8
        request.symmetrises = true
        return request
    }

    @Test(arguments: ImportKind.allCases) func mutatedFilesNeverTrap(kind: ImportKind) throws {
        var mutator = try #require(Mutator(kind: kind, seed: 7))
        let request = try request()
        // A debug build reads a thousand files in a second or two; more are for who asks.
        for _ in 0..<(ProcessInfo.processInfo.environment["MESHWRIGHT_THOROUGH"] == nil ? 800 : 5000) {
            let text = mutator.next()
            do throws(DocumentError) {
                let evidence = try kind.parse(text: text, file: "m", collective: .allReduce)
                #expect(evidence.notes.allSatisfy { $0.location.line > 0 && !$0.description.contains("\n") })
                if let cluster = try? ClusterAssembly([evidence], request).profile { #expect(!cluster.text().isEmpty) }
            } catch {
                #expect(error.description.hasPrefix("m:") && !error.description.contains("\n"), "\(error)")
            }
        }
    }
}

/// Changes bytes of valid files at random places, the same ones for the same seed.
struct Mutator {
    private let seeds: [[UInt8]]
    private var state: UInt64
    private static let tokens = [
        "\t", " ", "\n", "\r", "\0", "-1", "nan", "inf", "1e308", "0", "99999999999999999999", ",", "[", "]", "=", "<", ">", "\"", "/", "#",
        ":",
        "to", "from", "é", "😀", "N/A", "{", "}", "null", "-",
    ]

    init?(kind: ImportKind, seed: UInt64) {
        guard let entry = ImportMutationTests.seeds.first(where: { $0.kind == kind }) else { return nil }
        seeds = entry.texts.map { Array($0.utf8) }
        state = seed
    }

    mutating func next() -> String {
        var bytes = seeds[below(seeds.count)]
        for _ in 0...below(8) {
            if bytes.isEmpty { bytes = [0x30] }
            let place = below(bytes.count)
            switch below(7) {
            case 0: bytes.remove(at: place)
            case 1: bytes[place] = UInt8(below(256))
            case 2: bytes.insert(contentsOf: Self.tokens[below(Self.tokens.count)].utf8, at: place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + below(60)))
            case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + below(200))], at: below(bytes.count))
            case 5: bytes.removeSubrange(place...)
            default:
                guard let digit = bytes[place...].firstIndex(where: { (48...57).contains($0) }) else { continue }
                bytes[digit] = UInt8(48 + below(10))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    private mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(limit))
    }
}
