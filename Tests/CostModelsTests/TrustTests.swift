import Hardware
import Parallelism
import TestInputs
import Testing
import Workload

@testable import CostModels

/// What plans are said to rest on, against a stack whose measured runs are stated here.
@Suite struct TrustTests {
    private static let library = ProfileLibrary(root: String(#filePath.dropLast("Tests/CostModelsTests/TrustTests.swift".count)))

    private func inputs(gpus: Int = 64, precision: Precision = .bf16, sequence: Int = 4096, cluster: String = "dgx-h100") throws
        -> CostInputs
    {
        CostInputs(
            model: try ModelDocument.read(path: Self.library.path(of: .model, named: "mixtral-8x7b")),
            cluster: try Self.library.cluster(cluster).scaled(gpus: gpus),
            job: TrainingJob(globalBatch: 256, sequenceLength: sequence, precision: precision, optimizer: .adam),
            stack: try SoftwareStack.read(path: Self.library.path(of: .stack, named: "megatron-core")))
    }

    private func strategy(_ change: (inout ParallelStrategy) -> Void) -> ParallelStrategy {
        var strategy = ParallelStrategy()
        change(&strategy)
        return strategy
    }

    @Test func sizesThatOccurAreMeasured() throws {
        let trust = try inputs().trust(in: strategy { ($0.tensor, $0.pipeline, $0.expert) = (4, 8, 16) })
        #expect(trust == Trust(verdict: .measured, reasons: []))
    }

    @Test func sizesBetweenAreInterpolated() throws {
        let trust = try inputs().trust(in: strategy { $0.pipeline = 7 })
        #expect(trust == Trust(verdict: .interpolated, reasons: ["pp 7 lies between measured sizes"]))
        // 16 stages were measured on Blackwell, 9 on Hopper.
        #expect(try inputs().trust(in: strategy { $0.pipeline = 16 }).verdict == .interpolated)
    }

    @Test func whatLiesBeyondIsExtrapolatedAndNamed() throws {
        let wide = try inputs().trust(in: strategy { $0.expert = 256 })
        #expect(
            wide
                == Trust(
                    verdict: .extrapolated, reasons: ["ep 256, where at most 64 was measured"],
                    outside: ["ep 256, where at most 64 was measured"]))
        let kind = try inputs().trust(
            in: strategy {
                $0.context = 2
                $0.contextKind = .ulysses
            })
        #expect(kind.reasons == ["context parallelism by ulysses was never measured"])
        #expect(try inputs(precision: .fp16).trust(in: ParallelStrategy()).reasons == ["no run in fp16 was measured"])
        #expect(try inputs(gpus: 16_384).trust(in: ParallelStrategy()).reasons == ["16384 GPUs, where at most 11616 were measured"])
        #expect(
            try inputs(cluster: "dgx-a100").trust(in: ParallelStrategy()).reasons
                == ["no run of megatron-core on ampere GPUs was measured"])
    }

    @Test func extrapolatedTimesAreNoBetterThanThoseOfRunsLikeNoneSeen() throws {
        let inputs = try inputs()
        #expect(inputs.expectedError(Trust(verdict: .measured, reasons: [])) == inputs.expectedError)
        #expect(inputs.expectedError(Trust(verdict: .extrapolated, reasons: ["x"])) == 0.18)
    }
}
