import Testing

@testable import Reports

@Suite("Plan as text")
struct PlanTextTests {
    @Test func looksAsItShouldAtEightyColumns() {
        #expect(
            ExamplePlan.text(width: 80) == """
                toy-7b on 64 × toy-gpu  (toy-cluster)
                model    7.00 B parameters; 8 nodes of 8 GPUs, 80.0 GiB each
                job      64 sequences of 4,096 tokens a step (262.14 K tokens), bf16, adam,
                         toy-stack
                assumed  --precision bf16 --optimizer adam

                 #  tp  pp  dp  mbs  schedule  recompute  shardi…     step   MFU   GiB  trust
                1≈   8   4   2    1  1f1b      none       zero1    2.000 s  40 %  40.0  measured
                2≈   8   4   2    1  1f1b      none       zero1    1.900 s  42 %  60.0  measured
                 3   4   8   2    1  1f1b      none       zero1    3.000 s  27 %  50.0  measured
                not shown at this width: 80 % range, tokens/s/GPU
                80 % range: holds the step time in four of five cases
                ≈ less than 80 % sure which is faster: plans 1 to 2 tie
                plan 2 is the fastest by itself, 5.0 % faster than plan 1
                GiB: what the heaviest GPU may need, of 80.0; MFU: of the dense bf16 peak

                Plan 1
                ranks    tp 8 → dp 2 → pp 4, fastest first (tp-cp-ep-dp-pp)
                pipeline 1f1b, 4 stages, 32 micro-batches of 1 sequence; layers 7, 2 × 8, 7
                state    zero1 over 2 ranks; no recomputation; sequence parallelism on

                Step 2 s  (1.8 s to 2.2 s), bound by pipeline rank 3
                  matrix products                1.000 s   50 %  ###############################
                  attention                      0.400 s   20 %  ############
                  tensor-parallel communication  0.300 s   15 %  #########
                  pipeline bubble                0.200 s   10 %  ######
                  stragglers and fixed costs     0.100 s  5.0 %  ###

                Memory 40.0 GiB  of 80.0 (expected 36.0, low 32.0), pipeline rank 0
                  parameters, gradients, optimizer  20.00 GiB   25 %  ##########################
                  activations                       10.00 GiB   12 %  #############
                  context and communicators          4.00 GiB  5.0 %  #####
                  fragmentation to allow for         4.00 GiB  5.0 %  #####
                  gradient and gather buffers        2.00 GiB  2.5 %  ###

                What bounds it
                  - 70 % of the step is arithmetic

                One change away
                  change            step    time   GiB
                  tp      8 → 4  1.800 s   −10 %  90.0  does not fit, pinned
                  pp      4 → 2  2.100 s  +5.0 %  70.0

                search   1,234 priced, 5,678 ruled out by bounds, 90 illegal; 12 fit, 3
                         simulated (250 ms, 2 threads)

                """)
    }

    @Test(arguments: [40, 60, 80, 120, 200], [TerminalColour.none, .indexed, .full])
    func everyLineFits(width: Int, colour: TerminalColour) {
        var report = ExamplePlan.report
        report.comparison = .init(
            entry: ExamplePlan.entry(rank: 0, stepTime: 4, memory: 70), fits: true,
            differences: PlanReport.Entry.timeKeys.map { .init(key: $0, value: 0.5) }, reasons: ["its step takes 2 s (100 %) longer"])
        let lines = ExamplePlan.text(report, width: width, colour: colour).split(separator: "\n")
        #expect(lines.count > 30)
        for line in lines { #expect(String(line).withoutStyle.columns <= width) }
    }

    @Test func coloursAddNothingButStyle() {
        let plain = ExamplePlan.text(width: 100).filter { !"#█▏▎▍▌▋▊▉ ".contains($0) }
        let coloured = ExamplePlan.text(width: 100, colour: .full).withoutStyle.filter { !"#█▏▎▍▌▋▊▉ ".contains($0) }
        #expect(plain == coloured)
        #expect(!ExamplePlan.text(width: 100).contains("\u{1B}"))
    }

    @Test func saysThatPlansTieAndWhichIsFastest() {
        let text = ExamplePlan.text(width: 200)
        #expect(text.contains("≈ less than 80 % sure which is faster: plans 1 to 2 tie"))
        #expect(text.contains("plan 2 is the fastest by itself, 5.0 % faster than plan 1"))
    }

    @Test func whenNothingFitsItSaysWhyAndWhatWould() {
        var report = ExamplePlan.report
        report.plans = []
        report.explanation = nil
        report.leanest = .init(strategy: ExamplePlan.strategy(), memory: 93.25)
        report.remedies = [
            .init(change: "use 128 GPUs (16 nodes)", flags: "--gpus 128", strategy: ExamplePlan.strategy(), stepTime: 2, memory: 50)
        ]
        let text = ExamplePlan.text(report, width: 100)
        #expect(text.contains("The leanest candidate needs 93.2 of 80.0 GiB"))
        #expect(text.contains("1,222  too much memory, mostly for parameters, gradients, optimizer"))
        #expect(text.contains("   90  the layers cannot be dealt to the stages (layers)"))
        #expect(text.contains("use 128 GPUs (16 nodes)   2 s  50.0  tp 8, pp 4, dp 2"))
        #expect(PlanText.verdict(report) == "no configuration of toy-7b fits 64 × toy-gpu; what would: use 128 GPUs (16 nodes)")
    }

    @Test func aSearchThatWasStoppedSaysSo() {
        var report = ExamplePlan.report
        report.search.isComplete = false
        #expect(ExamplePlan.text(report, width: 200).contains("stopped early, so a better plan may exist"))
    }

    @Test func namesFromFilesCannotSteerTheTerminal() {
        var report = ExamplePlan.report
        report.model = "evil\u{1B}[2J"
        #expect(!ExamplePlan.text(report, width: 100).contains("\u{1B}"))
    }
}

extension String {
    /// The text without the sequences that style it.
    fileprivate var withoutStyle: String { replacing(/\u{1B}\[[0-9;]*m/, with: "") }
}
