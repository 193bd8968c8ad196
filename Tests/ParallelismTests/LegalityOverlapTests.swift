import Foundation
import Parallelism
import Schedules
import Testing
import Workload

/// What splitting layers for the overlap of expert exchange excludes.
@Suite struct LegalityOverlapTests {
    @Test func `layers that are split cannot be computed again as a whole`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../ClusterProfiles/Stacks").standardized
        let stack = try SoftwareStack.read(path: folder.appending(path: "megatron-core.yaml").path)
        let legality = Legality(model: LegalityTests.mixture, job: LegalityTests.job, stack: stack, worldSize: 32)
        var s = LegalityTests.strategy {
            $0.virtualStages = 2
            $0.schedule = .combined1F1B
            $0.expert = 4
        }
        #expect(legality.firstViolation(of: s) == nil)
        s.recompute = .full
        s.recomputeLayers = 1
        #expect(legality.firstViolation(of: s) == .stackRecompute)
        s.recompute = .selective
        s.recomputeModules = [.experts]
        #expect(legality.firstViolation(of: s) == .stackRecompute)
        s.recomputeModules = [.expertActivation]
        #expect(legality.firstViolation(of: s) == nil)
        s.schedule = .interleaved
        s.recompute = .full
        #expect(legality.firstViolation(of: s) == nil)
    }
}
