import CostModels
import Foundation
import Hardware
import Parallelism
import Schedules
import TestInputs
import Testing
import Workload

@testable import Search

/// What the search finds may be asked for: pinned in all its sizes it is accepted and comes out again.
@Suite struct PinnedPlansTests {
    private static let stacks: [SoftwareStack] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../ClusterProfiles/Stacks").standardized
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }.compactMap {
            try? SoftwareStack.read(path: $0.path)
        }
    }()

    private static let mixture: TransformerModel = {
        var mixture = Fixtures.tiny
        mixture.experts = Experts(count: 8, perToken: 2, width: 1024)
        return mixture
    }()

    @Test func thereAreStacks() { #expect(Self.stacks.count >= 6) }

    @Test(arguments: stacks, [Fixtures.tiny, mixture])
    func everyPlanIsAcceptedWhenPinned(stack: SoftwareStack, model: TransformerModel) async throws {
        var inputs = Fixtures.inputs(model, nodes: 2, batch: 16, sequence: 2048)
        inputs.stack = stack
        let open = SearchRequest(inputs: inputs, top: 12)
        for plan in await Planner(open).search().plans {
            let s = plan.strategy
            var request = SearchRequest(inputs: inputs, top: 1)
            request.constraints.tensor = .values([s.tensor])
            request.constraints.pipeline = .values([s.pipeline])
            request.constraints.context = .values([s.context])
            request.constraints.data = .values([s.data])
            request.constraints.virtualStages = .values([s.virtualStages])
            request.constraints.microBatch = .values([s.microBatch])
            request.constraints.expert = .values([s.expert])
            request.constraints.expertTensor = .values([s.expertTensor])
            // Without a pipeline there is no schedule to choose.
            if s.pipeline > 1 { request.constraints.schedules = [s.schedule] }
            request.constraints.recompute = [s.recompute]
            request.constraints.sharding = [s.sharding]
            if s.tensor > 1 { request.constraints.sequenceParallel = s.sequenceParallel }
            if s.context > 1 { request.constraints.contextKinds = [s.contextKind] }
            let problems = PinCheck(request).problems
            #expect(problems.isEmpty, "\(problems.map(\.what)): \(stack.name), \(s)")
            let again = try #require(await Planner(request).search().plans.first, "\(stack.name), \(s)")
            #expect(again.estimate.stepTime <= plan.estimate.stepTime, "\(stack.name), \(s)")
            #expect(again.strategy.tensor == s.tensor && again.strategy.pipeline == s.pipeline && again.strategy.data == s.data)
        }
    }
}
