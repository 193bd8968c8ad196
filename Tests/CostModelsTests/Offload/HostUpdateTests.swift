import Hardware
import Parallelism
import Quantities
import Schedules
import TestInputs
import Testing

@testable import CostModels

/// The update of offloaded state against published steps; every measured number is cited where it stands.
@Suite("Updates on the host")
struct HostUpdateTests {
    /// A node whose GPUs have PCIe 5.0 to a host with memory enough, as those of the H100 runs.
    static func cluster(
        ranks: Int, link: Double = 50e9, both: Double? = 80e9, memoryBandwidth: Double? = nil, storage: Host.Storage? = nil
    ) -> ClusterProfile {
        var cluster = Fixtures.cluster(nodes: 1)
        cluster.groups[0].gpusPerNode = ranks
        cluster.groups[0].host = Host(
            memory: Bytes(2e12), memoryBandwidth: memoryBandwidth.map { BytesPerSecond($0) },
            link: .init(toDevice: BytesPerSecond(link), fromDevice: BytesPerSecond(link), both: both.map { BytesPerSecond($0) }),
            storage: storage)
        return cluster
    }

    /// What Megatron-Core is stated to do: `ClusterProfiles/Stacks/megatron-core.yaml`.
    static let megatron = OffloadSupport(
        parts: [.optimizer], method: .hybridDevice, takesShares: true, updateRate: 6.7e8, updatesTogether: false)
    /// What DeepSpeed is stated to do, its copies waited for or not.
    static func deepSpeed(waits: Bool) -> OffloadSupport {
        OffloadSupport(
            parts: [.optimizer, .storage, .interleaved], method: .hostAdam, takesShares: true, updateRate: 1.5e9, updatesTogether: true,
            flushRate: waits ? BytesPerSecond(5.85e9) : nil)
    }

    /// Seconds a parameter that Adam takes on an H100: 30 B at 3.35 TB/s.
    static let device = 30 / 3.35e12

    /// Steps of Qwen3-30B-A3B on 16 H100 with 1.908e9 parameters a rank, in s, by percent on the host and whether copies overlap; without
    /// offload 0.996 (NVIDIA-NeMo/Megatron-Bridge@067f987d, nemo-mbridge-perf-cpu-offloading/card.yaml).
    @Test(arguments: [(25, false, 1.871), (50, false, 2.484), (75, false, 3.187), (100, false, 4.189), (100, true, 3.877)])
    func bridge(percent: Int, overlaps: Bool, step: Double) throws {
        let predicted = try Self.step(
            without: 0.996, percent: percent, overlaps: overlaps, parameters: 1.908e9, Self.cluster(ranks: 8))
        #expect(abs(predicted / step - 1) < 0.06, "\(percent) %: \(predicted) s, measured \(step)")
    }

    /// Steps of Qwen3-0.6B on one H100, 0.596e9 parameters, without offload 0.752 (NVIDIA-NeMo/RL, pull request 3628).
    @Test(arguments: [(50, false, 1.187), (50, true, 1.216), (100, true, 1.678)])
    func nemoRL(percent: Int, overlaps: Bool, step: Double) throws {
        let predicted = try Self.step(
            without: 0.752, percent: percent, overlaps: overlaps, parameters: 5.96e8, Self.cluster(ranks: 1))
        #expect(abs(predicted / step - 1) < 0.06, "\(percent) %: \(predicted) s, measured \(step)")
    }

    private static func step(
        without base: Double, percent: Int, overlaps: Bool, parameters: Double, _ cluster: ClusterProfile
    ) throws -> Double {
        let rates = try #require(HostRates(cluster, megatron))
        let update = HostUpdate(
            Offload(optimizerPercent: percent, overlaps: overlaps), .hybridDevice, rates, device: device, gradient: 4)
        return base + parameters * (update.seconds - device)
    }

    /// 5.949e9 parameters on one GPU, all state on the host (DataStates/artifacts@394dfb35, steady iterations): backward 4.76 s and update 3.95 s
    /// of 9.485; with every second group on the GPU 1.56 s and 4.20 s of 6.804. All of the gain is in the backward pass.
    ///
    /// One set of constants: a host whose memory gives a rank 42.2 GB/s, a link of 15.3 GB/s that gradients take alone, 5.85 GB/s where the
    /// backward pass waits for them.
    @Test func deepOptimizerStates() throws {
        let parameters = 5.949e9
        let cluster = Self.cluster(ranks: 1, link: 15.3e9, both: 30.6e9, memoryBandwidth: 42.2e9)
        // What the passes of the published log leave for compute: 4.76 s less 23.8 GB at 5.85 GB/s.
        let (forward, backward, rest) = (0.20, 0.69, 0.58)
        let waiting = try #require(HostRates(cluster, Self.deepSpeed(waits: true)))
        let vanilla = HostUpdate(Offload(optimizerPercent: 100), .hostAdam, waiting, device: Self.device, gradient: 4)
        #expect(!vanilla.hidesFlush)
        let vanillaBackward = backward + vanilla.flush * parameters
        let vanillaUpdate = vanilla.seconds * parameters
        #expect(abs(vanillaBackward / 4.76 - 1) < 0.1)
        #expect(abs(vanillaUpdate / 3.95 - 1) < 0.1)
        #expect(abs((forward + vanillaBackward + vanillaUpdate + rest) / 9.485 - 1) < 0.1)

        let beside = try #require(HostRates(cluster, Self.deepSpeed(waits: false)))
        let interleaved = HostUpdate(Offload(optimizerPercent: 100, stride: 2), .hostAdam, beside, device: Self.device, gradient: 4)
        #expect(interleaved.hidesFlush)
        let interleavedBackward = max(backward, interleaved.flush * parameters)
        let interleavedUpdate = interleaved.seconds * parameters
        #expect(abs(interleavedBackward / 1.56 - 1) < 0.1)
        #expect(abs(interleavedUpdate / 4.20 - 1) < 0.1)
        #expect(abs((forward + interleavedBackward + interleavedUpdate + rest) / 6.804 - 1) < 0.1)
        #expect(vanillaBackward - interleavedBackward > 10 * (vanillaUpdate - interleavedUpdate))
    }

    /// ZeRO-3 with state on drives, four ranks of a node: update and backward pass in s, by billions of parameters (DataStates/artifacts@394dfb35,
    /// MLP-Offload/README.md), from one pair of rates, 8.8 GB/s read and 3.72 written.
    @Test(arguments: [
        (40.0, 0.65, 213.6, 242.3), (52, 0.51, 209.3, 238.6), (70, 0.77, 336.4, 370.6), (100, 1.20, 501.9, 572.0),
        (120, 1.17, 475.5, 550.4),
    ])
    func drives(billions: Double, forward: Double, update: Double, elapsed: Double) throws {
        let storage = Host.Storage(capacity: Bytes(30e12), read: BytesPerSecond(8.8e9), write: BytesPerSecond(3.72e9))
        let rates = try #require(HostRates(Self.cluster(ranks: 4, storage: storage), Self.deepSpeed(waits: true)))
        let predicted = HostUpdate(
            Offload(optimizerPercent: 100, parameters: true, place: .storage), .hostAdam, rates, device: Self.device, gradient: 4)
        let parameters = billions * 1e9 / 4
        #expect(abs(predicted.seconds * parameters / update - 1) < 0.18)
        #expect(abs((forward + (predicted.flush + predicted.seconds) * parameters) / elapsed - 1) < 0.18)
    }

    /// Llama-2-7B on four A100 takes 0.5 s a step without and over 7 s with ZeRO-Offload (ZenFlow, deepspeed.ai); ours without gradient clipping and
    /// other work on the host.
    @Test func zenFlow() throws {
        let cluster = Self.cluster(ranks: 4, link: 25e9, both: 40e9)
        let rates = try #require(HostRates(cluster, Self.deepSpeed(waits: true)))
        let update = HostUpdate(Offload(optimizerPercent: 100), .hostAdam, rates, device: Self.device, gradient: 4)
        let step = 0.5 + (update.seconds + update.flush) * 6.74e9 / 4
        #expect(step > 5 && step < 8, "\(step)")
    }

    /// Moving nothing changes nothing, and a larger share never takes less.
    @Test func sharesAreMonotone() throws {
        let rates = try #require(HostRates(Self.cluster(ranks: 8), Self.megatron))
        func seconds(_ percent: Int, overlaps: Bool) -> Double {
            HostUpdate(Offload(optimizerPercent: percent, overlaps: overlaps), .hybridDevice, rates, device: Self.device, gradient: 4)
                .seconds
        }
        for overlaps in [false, true] {
            #expect(abs(seconds(0, overlaps: overlaps) / Self.device - 1) < 1e-12)
            for percent in 1...100 {
                #expect(seconds(percent, overlaps: overlaps) >= 0.999 * seconds(percent - 1, overlaps: overlaps) || percent < 3)
            }
            #expect(seconds(50, overlaps: true) <= seconds(50, overlaps: false))
        }
    }

    /// Ranks of a node share its memory and drives; a host that is not known prices nothing.
    @Test func ranksShareTheHost() throws {
        let alone = try #require(HostRates(Self.cluster(ranks: 1, memoryBandwidth: 100e9), Self.megatron))
        let eight = try #require(HostRates(Self.cluster(ranks: 8, memoryBandwidth: 100e9), Self.megatron))
        #expect(abs(alone.down * 50e9 - 1) < 1e-12)
        // 12.5 GB/s of memory a rank, less than its link.
        #expect(abs(eight.down * 12.5e9 - 1) < 1e-12)
        #expect(abs(eight.update * 12.5e9 / 28 - 1) < 1e-12)
        #expect(abs(eight.memoryRoom / (0.85 * 2e12 / 8) - 1) < 1e-12)
        #expect(HostRates(Fixtures.cluster(nodes: 1), Self.megatron) == nil)
        #expect(HostRates(Self.cluster(ranks: 8), nil) == nil)
    }
}

/// The lanes that pictures show against the closed forms that plans are priced with.
@Suite("Lanes of an update")
struct UpdateLaneTests {
    static let offloads: [(Offload, OffloadSupport)] = [
        (Offload(optimizerPercent: 50), HostUpdateTests.megatron), (Offload(optimizerPercent: 100), HostUpdateTests.megatron),
        (Offload(optimizerPercent: 75, overlaps: false), HostUpdateTests.megatron),
        (Offload(optimizerPercent: 50), HostUpdateTests.deepSpeed(waits: true)),
        (Offload(optimizerPercent: 100, stride: 2), HostUpdateTests.deepSpeed(waits: false)),
        (Offload(optimizerPercent: 100, stride: 4), HostUpdateTests.deepSpeed(waits: false)),
        (Offload(optimizerPercent: 100, place: .storage), HostUpdateTests.deepSpeed(waits: true)),
    ]

    /// With many groups the run of the lanes takes as long as the closed form, where nothing but the lanes is shared.
    @Test(arguments: offloads)
    func manyGroupsTakeTheClosedForm(offload: Offload, support: OffloadSupport) throws {
        let storage = Host.Storage(capacity: Bytes(30e12), read: BytesPerSecond(8.8e9), write: BytesPerSecond(3.72e9))
        let cluster = HostUpdateTests.cluster(ranks: 2, both: nil, storage: storage)
        let rates = try #require(HostRates(cluster, support))
        let update = HostUpdate(offload, support.method, rates, device: HostUpdateTests.device, gradient: 4)
        let schedule = update.schedule(groups: 300)
        let all = schedule.spans
        #expect(schedule.seconds >= update.seconds * (1 - 1e-9))
        #expect(abs(schedule.seconds / update.seconds - 1) < 0.01, "\(schedule.seconds) against \(update.seconds)")
        // No lane runs two passes at once, and no group is in two places.
        for lane in UpdateSchedule.Lane.allCases {
            let spans = all.filter { $0.lane == lane }
            #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.end <= $1.start + 1e-15 })
        }
        for (_, spans) in Dictionary(grouping: all, by: \.group) {
            #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.end <= $1.start + 1e-15 })
        }
    }
}
